package org.rlhfstreams.scorers;

/**
 * Why a response has no score.
 *
 * @param reason for people; never empty
 * @param tryAgain whether the same response may be scored at another time
 */
public record ScoreRefusal(String reason, boolean tryAgain) implements ScorerResult {}
