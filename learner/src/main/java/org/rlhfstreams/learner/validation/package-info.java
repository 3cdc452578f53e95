/**
 * Owns the evaluation of a model while it is trained: when it is due, which step was best, when a
 * run ends early, and whether a version of a run without an end goes out. Knows trainers by their
 * evaluations and agreements alone; no files, no Kafka.
 */
package org.rlhfstreams.learner.validation;
