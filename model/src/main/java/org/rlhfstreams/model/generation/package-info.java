/**
 * Owns sampling: requests in, responses with their log-probabilities and weight-version segments
 * out, over a fixed number of cache slots that rows enter and leave at any time. May touch {@code
 * model.decoder}; no Kafka.
 */
package org.rlhfstreams.model.generation;
