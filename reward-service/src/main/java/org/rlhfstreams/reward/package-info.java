/**
 * Owns the reward service: scores with the reward model, log-probabilities of the reference, and
 * the topologies that run beside them. May touch the model's inference and the topology module.
 */
package org.rlhfstreams.reward;
