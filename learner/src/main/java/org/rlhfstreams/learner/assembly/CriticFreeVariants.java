package org.rlhfstreams.learner.assembly;

import org.rlhfstreams.learner.advantage.AdvantageEstimator;
import org.rlhfstreams.learner.advantage.BatchScaledEstimator;
import org.rlhfstreams.learner.advantage.GroupAdvantages;
import org.rlhfstreams.learner.advantage.GroupEstimator;
import org.rlhfstreams.learner.advantage.ReinforceEstimator;
import org.rlhfstreams.learner.objectives.ClippedSurrogate;
import org.rlhfstreams.learner.objectives.ClippedWeights;
import org.rlhfstreams.learner.objectives.GammaWeights;
import org.rlhfstreams.learner.objectives.GeometricMean;
import org.rlhfstreams.learner.objectives.PolicyLoss;
import org.rlhfstreams.learner.objectives.SequenceRatio;
import org.rlhfstreams.learner.objectives.SoftGate;
import org.rlhfstreams.learner.training.CriticFreeVariant;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.ImportanceSamplingLevel;
import org.rlhfstreams.service.configuration.LossMean;
import org.rlhfstreams.service.configuration.RewardScale;
import org.rlhfstreams.service.objective.TrainingObjective;

/** The objectives without a value model as they are configured. */
public final class CriticFreeVariants {
  private CriticFreeVariants() {}

  /**
   * What tells an objective from the others.
   *
   * @throws IllegalArgumentException for an objective that is not of this kind
   */
  public static CriticFreeVariant of(
      TrainingObjective objective, CriticFreeConfiguration settings) {
    return switch (objective) {
      case GRPO -> grpo(settings);
      case DR_GRPO -> drGrpo(settings);
      case GSPO -> gspo(settings);
      case CISPO -> cispo(settings);
      case SAPO -> sapo(settings);
      case LUSPO -> luspo(settings);
      case VESPO -> vespo(settings);
      case GMPO -> gmpo(settings);
      case RLOO -> rloo(settings);
      case REINFORCE_PLUS_PLUS -> reinforcePlusPlus(settings);
      case DISTILLATION ->
          CriticFreeVariant.ofTeacher(clipped(settings), LossMean.TOKENS, settings);
      default ->
          throw new IllegalArgumentException(
              objective.text() + " is no objective without a value model");
    };
  }

  private static CriticFreeVariant grpo(CriticFreeConfiguration settings) {
    return ofGroups(
        RewardScale.GROUP,
        LossMean.RESPONSE,
        level(ImportanceSamplingLevel.TOKEN, clipped(settings), settings),
        settings);
  }

  private static CriticFreeVariant drGrpo(CriticFreeConfiguration settings) {
    return ofGroups(
        RewardScale.NONE,
        LossMean.LENGTH,
        level(ImportanceSamplingLevel.TOKEN, clipped(settings), settings),
        settings);
  }

  private static CriticFreeVariant gspo(CriticFreeConfiguration settings) {
    return ofGroups(
        RewardScale.GROUP,
        LossMean.RESPONSE,
        level(ImportanceSamplingLevel.SEQUENCE, clipped(settings), settings),
        settings);
  }

  private static CriticFreeVariant luspo(CriticFreeConfiguration settings) {
    return ofGroups(
        RewardScale.GROUP,
        LossMean.SUM,
        level(ImportanceSamplingLevel.SEQUENCE, clipped(settings), settings),
        settings);
  }

  private static CriticFreeVariant cispo(CriticFreeConfiguration settings) {
    PolicyLoss loss =
        new ClippedWeights(settings.cispoEpsilonMax(), ClippedSurrogate.weightCap(settings));
    return ofGroups(
        RewardScale.GROUP,
        LossMean.TOKENS,
        level(ImportanceSamplingLevel.TOKEN, loss, settings),
        settings);
  }

  private static CriticFreeVariant sapo(CriticFreeConfiguration settings) {
    PolicyLoss loss =
        new SoftGate(
            settings.sapoTemperaturePos(),
            settings.sapoTemperatureNeg(),
            ClippedSurrogate.weightCap(settings));
    return ofGroups(
        RewardScale.GROUP,
        LossMean.RESPONSE,
        level(ImportanceSamplingLevel.TOKEN, loss, settings),
        settings);
  }

  private static CriticFreeVariant vespo(CriticFreeConfiguration settings) {
    return ofGroups(
        RewardScale.GROUP,
        LossMean.TOKENS,
        new GammaWeights(
            new GammaWeights.Shape(settings.vespoKPos(), settings.vespoLambdaPos()),
            new GammaWeights.Shape(settings.vespoKNeg(), settings.vespoLambdaNeg())),
        settings);
  }

  private static CriticFreeVariant gmpo(CriticFreeConfiguration settings) {
    return ofGroups(
        RewardScale.GROUP,
        LossMean.RESPONSE,
        new GeometricMean(settings.gmpoClip(), ClippedSurrogate.weightCap(settings)),
        settings);
  }

  private static CriticFreeVariant rloo(CriticFreeConfiguration settings) {
    return CriticFreeVariant.ofResponses(
        new GroupEstimator(true, settings.normalizeAdvantages(), GroupAdvantages::rloo),
        clipped(settings),
        settings);
  }

  private static CriticFreeVariant reinforcePlusPlus(CriticFreeConfiguration settings) {
    return CriticFreeVariant.klInReward(
        new ReinforceEstimator(), clipped(settings), LossMean.TOKENS, settings);
  }

  private static CriticFreeVariant ofGroups(
      RewardScale usualScale,
      LossMean usualMean,
      PolicyLoss loss,
      CriticFreeConfiguration settings) {
    AdvantageEstimator estimator =
        switch (settings.scaleRewards().orElse(usualScale)) {
          case GROUP -> new GroupEstimator(false, false, GroupAdvantages::grpo);
          case BATCH -> new BatchScaledEstimator();
          case NONE -> new GroupEstimator(false, false, GroupAdvantages::drGrpo);
        };
    return CriticFreeVariant.klInLoss(estimator, loss, usualMean, settings);
  }

  private static PolicyLoss clipped(CriticFreeConfiguration settings) {
    return ClippedSurrogate.of(
        settings, settings.clip(), settings.clipHigh().orElse(settings.clip()));
  }

  private static PolicyLoss level(
      ImportanceSamplingLevel usual, PolicyLoss loss, CriticFreeConfiguration settings) {
    return switch (settings.importanceSamplingLevel().orElse(usual)) {
      case TOKEN -> loss;
      case SEQUENCE -> new SequenceRatio(loss);
    };
  }
}
