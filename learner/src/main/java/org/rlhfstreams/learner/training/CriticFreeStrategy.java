package org.rlhfstreams.learner.training;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.learner.advantage.OverlongPunishment;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.objectives.CriticFreeObjective;
import org.rlhfstreams.learner.objectives.CriticFreeTerms;
import org.rlhfstreams.learner.objectives.ResponseSpans;
import org.rlhfstreams.learner.objectives.TermWeights;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.LossMean;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;

/** An objective without a value model: advantages from rewards, or from a teacher. */
public final class CriticFreeStrategy implements RolloutStrategy {
  private final CriticFreeConfiguration settings;
  private final CriticFreeVariant variant;
  private final CriticFreeObjective objective;
  private final Optional<OverlongPunishment> overlong;
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
            variant.policyLoss(), variant.lossBeta(), settings.entropyCoefficient());
    this.overlong = OverlongPunishment.of(settings, longest);
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
  public boolean learnsEntropies() {
    return settings.entropyCoefficient() > 0;
  }

  @Override
  public double lengthPenalty(int tokens) {
    return overlong.map(punishment -> punishment.of(tokens)).orElse(0.0);
  }

  @Override
  public MiniBatchObjective objective(RolloutBatch batch, Map<String, Double> metrics) {
    double[][] advantages = variant.advantages().of(batch);
    metrics.put(
        "advantage/zero",
        Arrays.stream(advantages).filter(row -> row[0] == 0).count() / (double) advantages.length);
    if (overlong.isPresent()) {
      metrics.put(
          "response/overlong_penalty",
          Arrays.stream(batch.behaviorLogProbabilities())
              .mapToDouble(row -> lengthPenalty(row.length))
              .average()
              .orElse(0));
    }
    return (now, members) -> {
      CountedRows rows =
          settings.maskTruncatedCompletions()
              ? CountedRows.where(members, batch.stopped())
              : CountedRows.all(members);
      return rows.count() == 0 ? nothing(now) : evaluate(batch, advantages, now, rows);
    };
  }

  private ObjectiveResult<PassGradients> evaluate(
      RolloutBatch batch, double[][] advantages, RolloutOutputs now, CountedRows rows) {
    float[][] counted = rows.of(now.logProbabilities());
    Optional<LossMean> mean = variant.lossMean();
    CriticFreeTerms<double[]> terms =
        mean.isPresent()
            ? ofTokens(batch, advantages, now, rows, mean.get())
            : ofResponses(batch, advantages, now, rows);
    int[] lengths = mean.isPresent() ? Rows.lengths(counted) : ones(rows.count());
    return objective
        .evaluate(terms, new ResponseSpans(lengths))
        .withGradients(
            gradients ->
                new PassGradients(
                    rows.among(
                        mean.isPresent()
                            ? Rows.cut(gradients.logProbabilities(), counted)
                            : Rows.spread(gradients.logProbabilities(), counted),
                        now.logProbabilities()),
                    learnsEntropies()
                        ? rows.among(
                            Rows.cut(gradients.entropies(), counted), now.logProbabilities())
                        : null,
                    null));
  }

  private CriticFreeTerms<double[]> ofTokens(
      RolloutBatch batch,
      double[][] advantages,
      RolloutOutputs now,
      CountedRows rows,
      LossMean mean) {
    float[][] counted = rows.of(now.logProbabilities());
    int[] members = rows.members();
    return new CriticFreeTerms<>(
        Rows.flat(counted),
        Rows.pick(batch.oldLogProbabilities(), members),
        Rows.pick(batch.behaviorLogProbabilities(), members),
        Rows.pick(batch.referenceLogProbabilities(), members),
        Rows.pick(advantages, members),
        TermWeights.of(mean, Rows.lengths(counted), rows.all(), longest),
        Rows.flat(rows.of(now.entropies())));
  }

  private static CriticFreeTerms<double[]> ofResponses(
      RolloutBatch batch, double[][] advantages, RolloutOutputs now, CountedRows rows) {
    int[] members = rows.members();
    double[] weights = new double[members.length];
    Arrays.fill(weights, 1.0 / rows.all());
    return new CriticFreeTerms<>(
        RowSums.of(rows.of(now.logProbabilities())),
        Rows.sums(batch.oldLogProbabilities(), members),
        Rows.sums(batch.behaviorLogProbabilities(), members),
        Rows.sums(batch.referenceLogProbabilities(), members),
        Arrays.stream(members).mapToDouble(row -> advantages[row][0]).toArray(),
        weights,
        Rows.flat(rows.of(now.entropies())));
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** The result of a mini-batch of which no response counts. */
  private static ObjectiveResult<PassGradients> nothing(RolloutOutputs now) {
    float[][] none = CountedRows.all(new int[0]).among(new float[0][], now.logProbabilities());
    return new ObjectiveResult<>(0, PassGradients.ofLogProbabilities(none), Map.of());
  }
}
