/**
 * Owns what survives a restart: checkpoints written aside, synced and renamed, the choice of the
 * newest, and the format of what they hold: a kind of run, a position for each kind of source, the
 * trainer's numbers. May touch the model's files; no Kafka clients.
 */
package org.rlhfstreams.learner.checkpoint;
