/**
 * Owns what survives a restart: checkpoints written aside, synced and renamed, and the choice of
 * the newest. May touch the model's files; no Kafka clients.
 */
package org.rlhfstreams.learner.checkpoint;
