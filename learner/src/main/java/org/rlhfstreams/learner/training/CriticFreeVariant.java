package org.rlhfstreams.learner.training;

import java.util.Optional;
import org.rlhfstreams.learner.advantage.AdvantageEstimator;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.LossMean;

/**
 * What tells one objective without a value model from another.
 *
 * @param estimator from rewards to advantages
 * @param lossMean of the tokens' losses; empty if a ratio is of a whole response
 * @param rewardBeta weight of the KL in the rewards
 * @param lossBeta weight of the KL in the loss
 */
public record CriticFreeVariant(
    AdvantageEstimator estimator, Optional<LossMean> lossMean, double rewardBeta, double lossBeta) {
  private static final double REWARD_BETA = 0.05;

  /**
   * One with the KL in the loss, and ratios of tokens.
   *
   * @param usual mean of the tokens' losses if none is configured
   */
  public static CriticFreeVariant klInLoss(
      AdvantageEstimator estimator, LossMean usual, CriticFreeConfiguration settings) {
    return new CriticFreeVariant(
        estimator, Optional.of(settings.lossMean().orElse(usual)), 0, settings.beta().orElse(0));
  }

  /**
   * One with the KL in the rewards, and ratios of tokens.
   *
   * @param usual mean of the tokens' losses if none is configured
   */
  public static CriticFreeVariant klInReward(
      AdvantageEstimator estimator, LossMean usual, CriticFreeConfiguration settings) {
    return new CriticFreeVariant(
        estimator,
        Optional.of(settings.lossMean().orElse(usual)),
        settings.beta().orElse(REWARD_BETA),
        0);
  }

  /** One with the KL in the rewards, and ratios of whole responses. */
  public static CriticFreeVariant ofResponses(
      AdvantageEstimator estimator, CriticFreeConfiguration settings) {
    return new CriticFreeVariant(
        estimator, Optional.empty(), settings.beta().orElse(REWARD_BETA), 0);
  }
}
