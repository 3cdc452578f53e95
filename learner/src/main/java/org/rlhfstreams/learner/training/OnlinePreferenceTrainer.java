package org.rlhfstreams.learner.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.objectives.preference.PairGradients;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.learner.objectives.preference.PairSums;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.service.configuration.LearnerConfiguration;

/**
 * Online preference optimisation (Guo et al. 2024): the policy's own responses, ranked by the
 * reward model, are the pairs; one update a batch. The reference's log-probabilities come with the
 * rollouts, at the temperature that they were sampled at, and the policy's are taken there too.
 */
public final class OnlinePreferenceTrainer extends SingleModelTrainer<ScoredSample> {

  private final TrainableModel policy;
  private final PairObjective objective;
  private final double missingEndPenalty;
  private final LearnerConfiguration learner;
  private final MeasuredScores scores;
  private long steps;

  /**
   * @param policy closed with this object
   * @param missingEndPenalty taken off the score of a response that ran out of length
   */
  public OnlinePreferenceTrainer(
      TrainableModel policy,
      PairObjective objective,
      double missingEndPenalty,
      LearnerConfiguration learner) {
    super("policy", policy);
    this.policy = policy;
    this.objective = objective;
    this.missingEndPenalty = missingEndPenalty;
    this.learner = learner;
    this.scores = new MeasuredScores(learner.scoreNormalisation());
  }

  @Override
  public Map<String, Double> step(List<ScoredSample> batch, double learningRateFactor) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    BatchStatistics.put(metrics, batch, steps);
    Map<String, Double> measureBefore = scores.numbers();
    List<ScoredSample> measured = scores.of(batch);
    scores.put(metrics, measured);
    RankedPairs pairs = RankedPairs.of(measured, missingEndPenalty);
    metrics.put("pairs", (double) pairs.count());
    steps++;
    if (pairs.count() == 0) {
      metrics.put(SKIPPED, 0.0);
      return metrics;
    }
    List<ScoredSample> samples = pairs.all();
    try (Pass pass = RolloutPasses.policy(policy, samples, false)) {
      ObjectiveResult<PassGradients> result =
          objective
              .evaluate(sums(samples, pass, pairs.count()))
              .withGradients(gradients -> onTokens(gradients, pass.logProbabilities()));
      metrics.putAll(
          OneUpdate.apply(policy, pass, result, learner.learningRate() * learningRateFactor));
    }
    if (metrics.get(SKIPPED) > 0) {
      scores.undo(measureBefore);
    }
    return metrics;
  }

  private static PairSums<double[]> sums(List<ScoredSample> samples, Pass pass, int pairs) {
    double[] policySums = RowSums.of(pass.logProbabilities());
    double[] referenceSums =
        RowSums.of(
            samples.stream().map(ScoredSample::referenceLogProbabilities).toArray(float[][]::new));
    double[] tokens =
        samples.stream().mapToDouble(sample -> sample.row().responseLength()).toArray();
    double[] weights = new double[pairs];
    Arrays.fill(weights, 1);
    return new PairSums<>(
        chosen(policySums),
        rejected(policySums),
        new double[pairs],
        chosen(referenceSums),
        rejected(referenceSums),
        chosen(tokens),
        rejected(tokens),
        new double[pairs],
        weights);
  }

  private static double[] chosen(double[] both) {
    return Arrays.copyOf(both, both.length / 2);
  }

  private static double[] rejected(double[] both) {
    return Arrays.copyOfRange(both, both.length / 2, both.length);
  }

  private static PassGradients onTokens(PairGradients gradients, float[][] like) {
    double[] all = Rows.flat(new double[][] {gradients.policyChosen(), gradients.policyRejected()});
    return PassGradients.ofLogProbabilities(Rows.spread(all, like));
  }

  @Override
  Map<String, Double> numbers() {
    Map<String, Double> numbers = new HashMap<>(scores.numbers());
    numbers.put(TrainerState.STEPS, (double) steps);
    return numbers;
  }

  @Override
  void takeUp(RestoredNumbers checkpointed) {
    steps = (long) checkpointed.get(TrainerState.STEPS);
    scores.restore(checkpointed);
  }
}
