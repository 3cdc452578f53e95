/**
 * Owns the policy in use: which version it is, and when the next takes over. May touch the model's
 * decoder and generation, and the service module's weights.
 */
package org.rlhfstreams.worker.policy;
