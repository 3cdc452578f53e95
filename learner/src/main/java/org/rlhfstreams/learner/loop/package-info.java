/**
 * Owns the learner's life between the log and its checkpoints: where examples come from, the order
 * of step, checkpoint and publication, and what a restart repeats. The only package of the learner
 * that touches Kafka.
 */
package org.rlhfstreams.learner.loop;
