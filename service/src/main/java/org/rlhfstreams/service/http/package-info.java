/** Owns the endpoint that every process serves: health, readiness and metrics. */
package org.rlhfstreams.service.http;
