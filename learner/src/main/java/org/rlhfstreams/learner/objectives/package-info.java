/**
 * Owns the losses: pure functions from log-probabilities, values and advantages to a loss, its
 * gradients and its statistics. They see numbers; never a model, never Kafka.
 */
package org.rlhfstreams.learner.objectives;
