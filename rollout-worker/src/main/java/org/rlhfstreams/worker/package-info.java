/**
 * Owns a rollout worker: requests in, responses sampled from the newest policy, rollouts out. May
 * touch the model's generation and the service module's Kafka loop.
 */
package org.rlhfstreams.worker;
