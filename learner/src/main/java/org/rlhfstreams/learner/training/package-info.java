/**
 * Owns a step of each objective: from a batch of examples through the model's passes and the
 * objective's gradients to new weights and the step's metrics. Knows no Kafka.
 */
package org.rlhfstreams.learner.training;
