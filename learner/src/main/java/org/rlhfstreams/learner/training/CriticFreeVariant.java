package org.rlhfstreams.learner.training;

import java.util.Optional;
import org.rlhfstreams.learner.advantage.AdvantageEstimator;
import org.rlhfstreams.learner.advantage.TeacherAdvantages;
import org.rlhfstreams.learner.objectives.PolicyLoss;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.LossMean;

/**
 * What tells one objective without a value model from another.
 *
 * @param advantages of the tokens of a batch
 * @param policyLoss the policy's part of the loss
 * @param lossMean of the tokens' losses; empty if a ratio is of a whole response
 * @param rewardBeta weight of the KL in the rewards
 * @param lossBeta weight of the KL in the loss
 */
public record CriticFreeVariant(
    BatchAdvantages advantages,
    PolicyLoss policyLoss,
    Optional<LossMean> lossMean,
    double rewardBeta,
    double lossBeta) {
  private static final double REWARD_BETA = 0.05;

  /**
   * One with the KL in the loss, and ratios of tokens.
   *
   * @param usual mean of the tokens' losses if none is configured
   */
  public static CriticFreeVariant klInLoss(
      AdvantageEstimator estimator,
      PolicyLoss policyLoss,
      LossMean usual,
      CriticFreeConfiguration settings) {
    return new CriticFreeVariant(
        ofRewards(estimator),
        policyLoss,
        Optional.of(settings.lossMean().orElse(usual)),
        0,
        settings.beta().orElse(0));
  }

  /**
   * One with the KL in the rewards, and ratios of tokens.
   *
   * @param usual mean of the tokens' losses if none is configured
   */
  public static CriticFreeVariant klInReward(
      AdvantageEstimator estimator,
      PolicyLoss policyLoss,
      LossMean usual,
      CriticFreeConfiguration settings) {
    return new CriticFreeVariant(
        ofRewards(estimator),
        policyLoss,
        Optional.of(settings.lossMean().orElse(usual)),
        settings.beta().orElse(REWARD_BETA),
        0);
  }

  /** One with the KL in the rewards, and ratios of whole responses. */
  public static CriticFreeVariant ofResponses(
      AdvantageEstimator estimator, PolicyLoss policyLoss, CriticFreeConfiguration settings) {
    return new CriticFreeVariant(
        ofRewards(estimator), policyLoss, Optional.empty(), settings.beta().orElse(REWARD_BETA), 0);
  }

  /**
   * On-policy distillation: advantages from the reference, which is the teacher. Nothing else pulls
   * to it.
   */
  public static CriticFreeVariant ofTeacher(
      PolicyLoss policyLoss, LossMean usual, CriticFreeConfiguration settings) {
    return new CriticFreeVariant(
        batch ->
            TeacherAdvantages.of(
                batch.behaviorLogProbabilities(), batch.referenceLogProbabilities()),
        policyLoss,
        Optional.of(settings.lossMean().orElse(usual)),
        0,
        0);
  }

  private static BatchAdvantages ofRewards(AdvantageEstimator estimator) {
    return batch -> estimator.advantages(batch.rewarded());
  }
}
