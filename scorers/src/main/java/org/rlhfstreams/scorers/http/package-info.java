/** Owns the scorer that asks somebody's service over HTTP, and its contract. */
package org.rlhfstreams.scorers.http;
