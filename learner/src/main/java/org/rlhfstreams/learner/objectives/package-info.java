/**
 * Owns the losses: formulas over records of log-probabilities, values and advantages, which read
 * like those of the papers. They see numbers; never a model, a thread or Kafka.
 */
package org.rlhfstreams.learner.objectives;
