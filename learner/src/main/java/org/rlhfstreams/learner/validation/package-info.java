/**
 * Owns the evaluation of a model while it is trained: when it is due, which step was best, and when
 * a run ends early. Knows trainers by their evaluation alone; no files, no Kafka.
 */
package org.rlhfstreams.learner.validation;
