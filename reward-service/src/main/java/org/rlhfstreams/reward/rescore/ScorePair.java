package org.rlhfstreams.reward.rescore;

/**
 * A rollout and what it was given before and now.
 *
 * @param partition that its record is in
 * @param offset of the record there
 * @param step of the oldest weights that drew its tokens
 * @param before the old reward
 * @param now the score of the scorer that has scored again
 */
public record ScorePair(
    String rolloutId, int partition, long offset, long step, double before, double now) {}
