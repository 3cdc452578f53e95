package org.rlhfstreams.learner.advantage;

/** Advantages from rewards alone, without a value model. */
@FunctionalInterface
public interface AdvantageEstimator {
  /** Advantages of the tokens, [rows][tokens]. */
  double[][] advantages(RewardedResponses responses);
}
