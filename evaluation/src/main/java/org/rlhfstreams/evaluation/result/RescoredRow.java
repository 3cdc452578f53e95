package org.rlhfstreams.evaluation.result;

/**
 * A rollout by two measures.
 *
 * @param rollout its id
 * @param step of the weights that sampled it
 * @param before the old reward
 * @param now the new one
 */
public record RescoredRow(String rollout, long step, double before, double now) {}
