package org.rlhfstreams.learner.advantage;

import java.util.OptionalDouble;
import org.rlhfstreams.service.configuration.KlEstimator;

/**
 * Rewards of a response's tokens (Ziegler et al. 2019, eq. 2): -beta times the token's KL, plus the
 * score at the last token.
 *
 * @param missingEndPenalty taken off the score of a response that ran out of length
 * @param scoreClip bound on the score's magnitude, after the penalty
 */
public record TokenRewards(
    KlEstimator estimator, double missingEndPenalty, OptionalDouble scoreClip) {

  /** The score that counts: less the penalty where the response has no end, and clipped. */
  public double effectiveScore(double score, boolean stopped) {
    double penalised = stopped ? score : score - missingEndPenalty;
    if (scoreClip.isEmpty()) {
      return penalised;
    }
    double bound = scoreClip.getAsDouble();
    return Math.max(-bound, Math.min(bound, penalised));
  }

  /**
   * Rewards of one response, [tokens].
   *
   * @param policy log-probabilities of the policy that sampled, [tokens]
   * @param reference log-probabilities of the reference, [tokens]
   * @param beta weight of the KL
   */
  public double[] of(
      double[] policy, double[] reference, double score, boolean stopped, double beta) {
    double[] rewards = new double[policy.length];
    for (int t = 0; t < rewards.length; t++) {
      rewards[t] = -beta * KlEstimates.of(estimator, policy[t], reference[t]);
    }
    rewards[rewards.length - 1] += effectiveScore(score, stopped);
    return rewards;
  }
}
