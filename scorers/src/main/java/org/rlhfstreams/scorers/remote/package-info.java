/**
 * Owns calls to a service over HTTP that may be slow, busy or down: credentials, limits, retries,
 * the circuit breaker.
 */
package org.rlhfstreams.scorers.remote;
