package org.rlhfstreams.learner.training;

import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.learner.advantage.AdvantageEstimator;
import org.rlhfstreams.learner.advantage.GroupAdvantages;
import org.rlhfstreams.learner.advantage.GroupEstimator;
import org.rlhfstreams.learner.advantage.ReinforceEstimator;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.LossMean;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * What tells one objective without a value model from another. A further one is an estimator and a
 * line here.
 *
 * @param estimator from rewards to advantages
 * @param lossMean of the tokens' losses; empty where a ratio is of a whole response
 * @param rewardBeta weight of the KL in the rewards
 * @param lossBeta weight of the KL in the loss
 */
record CriticFreeVariant(
    AdvantageEstimator estimator, Optional<LossMean> lossMean, double rewardBeta, double lossBeta) {
  private static final double REWARD_BETA = 0.05;

  private interface Construction {
    CriticFreeVariant of(CriticFreeConfiguration settings);
  }

  private static final Map<TrainingObjective, Construction> VARIANTS =
      Map.of(
          TrainingObjective.GRPO,
          settings ->
              inLoss(
                  new GroupEstimator(false, false, GroupAdvantages::grpo),
                  LossMean.RESPONSE,
                  settings),
          TrainingObjective.DR_GRPO,
          settings ->
              inLoss(
                  new GroupEstimator(false, false, GroupAdvantages::drGrpo),
                  LossMean.LENGTH,
                  settings),
          TrainingObjective.RLOO,
          settings ->
              inReward(
                  new GroupEstimator(true, settings.normalizeAdvantages(), GroupAdvantages::rloo),
                  Optional.empty(),
                  settings),
          TrainingObjective.REINFORCE_PLUS_PLUS,
          settings ->
              inReward(
                  new ReinforceEstimator(),
                  Optional.of(settings.lossMean().orElse(LossMean.TOKENS)),
                  settings));

  /**
   * The variant of an objective.
   *
   * @throws IllegalArgumentException for one with a value model
   */
  static CriticFreeVariant of(TrainingObjective objective, CriticFreeConfiguration settings) {
    Construction construction = VARIANTS.get(objective);
    if (construction == null) {
      throw new IllegalArgumentException(objective + " is none of " + VARIANTS.keySet());
    }
    return construction.of(settings);
  }

  private static CriticFreeVariant inLoss(
      AdvantageEstimator estimator, LossMean usual, CriticFreeConfiguration settings) {
    return new CriticFreeVariant(
        estimator, Optional.of(settings.lossMean().orElse(usual)), 0, settings.beta().orElse(0));
  }

  private static CriticFreeVariant inReward(
      AdvantageEstimator estimator, Optional<LossMean> lossMean, CriticFreeConfiguration settings) {
    return new CriticFreeVariant(estimator, lossMean, settings.beta().orElse(REWARD_BETA), 0);
  }
}
