package org.rlhfstreams.learner.training;

import java.util.Arrays;
import java.util.Map;
import org.rlhfstreams.learner.objectives.ClippedSurrogate;
import org.rlhfstreams.learner.objectives.CriticFreeObjective;
import org.rlhfstreams.learner.objectives.CriticFreeTerms;
import org.rlhfstreams.learner.objectives.TermWeights;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.LossMean;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;

/** An objective without a value model: advantages from the rewards alone. */
public final class CriticFreeStrategy implements RolloutStrategy {
  private final CriticFreeConfiguration settings;
  private final CriticFreeVariant variant;
  private final CriticFreeObjective objective;
  private final int longest;

  /**
   * @param longest tokens that a response may have
   */
  public CriticFreeStrategy(
      CriticFreeVariant variant, CriticFreeConfiguration settings, int longest) {
    this.settings = settings;
    this.variant = variant;
    this.objective =
        new CriticFreeObjective(
            ClippedSurrogate.of(
                settings, settings.clip(), settings.clipHigh().orElse(settings.clip())),
            variant.lossBeta());
    this.longest = longest;
  }

  @Override
  public RolloutObjectiveConfiguration settings() {
    return settings;
  }

  @Override
  public double rewardBeta() {
    return variant.rewardBeta();
  }

  @Override
  public MiniBatchObjective objective(RolloutBatch batch, Map<String, Double> metrics) {
    double[][] advantages = variant.estimator().advantages(batch.rewarded());
    metrics.put(
        "advantage/zero",
        Arrays.stream(advantages).filter(row -> row[0] == 0).count() / (double) advantages.length);
    return variant
        .lossMean()
        .map(mean -> ofTokens(batch, advantages, mean))
        .orElseGet(() -> ofResponses(batch, advantages));
  }

  private MiniBatchObjective ofTokens(RolloutBatch batch, double[][] advantages, LossMean mean) {
    return (now, members) ->
        objective
            .evaluate(
                new CriticFreeTerms<>(
                    Rows.flat(now.logProbabilities()),
                    Rows.pick(batch.oldLogProbabilities(), members),
                    Rows.pick(batch.behaviorLogProbabilities(), members),
                    Rows.pick(batch.referenceLogProbabilities(), members),
                    Rows.pick(advantages, members),
                    TermWeights.of(mean, Rows.lengths(now.logProbabilities()), longest)))
            .withGradients(
                gradients ->
                    PassGradients.ofLogProbabilities(
                        Rows.cut(gradients.logProbabilities(), now.logProbabilities())));
  }

  private MiniBatchObjective ofResponses(RolloutBatch batch, double[][] advantages) {
    return (now, members) -> {
      double[] weights = new double[members.length];
      Arrays.fill(weights, 1.0 / members.length);
      return objective
          .evaluate(
              new CriticFreeTerms<>(
                  RowSums.of(now.logProbabilities()),
                  Rows.sums(batch.oldLogProbabilities(), members),
                  Rows.sums(batch.behaviorLogProbabilities(), members),
                  Rows.sums(batch.referenceLogProbabilities(), members),
                  Arrays.stream(members).mapToDouble(row -> advantages[row][0]).toArray(),
                  weights))
          .withGradients(
              gradients ->
                  PassGradients.ofLogProbabilities(
                      Rows.spread(gradients.logProbabilities(), now.logProbabilities())));
    };
  }
}
