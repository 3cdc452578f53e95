package org.rlhfstreams.learner.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.objectives.ObjectiveResult;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.learner.objectives.preference.PairSums;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
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
    List<TokenRow> rows = samples.stream().map(ScoredSample::row).toList();
    double[] temperatures = samples.stream().mapToDouble(ScoredSample::temperature).toArray();
    try (Pass pass = policy.tokenPass(rows, temperatures, false)) {
      PairSums sums = sums(samples, pass, pairs.count());
      ObjectiveResult result = ComputeThread.call(() -> objective.evaluate(sums));
      metrics.putAll(
          OneUpdate.apply(
              policy,
              pass,
              result,
              () -> gradients(result, pass.logProbabilities()),
              learner.learningRate() * learningRateFactor));
    }
    return metrics;
  }

  private static PairSums sums(List<ScoredSample> samples, Pass pass, int pairs) {
    double[] policySums = RowSums.of(pass.logProbabilities());
    double[] referenceSums =
        RowSums.of(
            samples.stream().map(ScoredSample::referenceLogProbabilities).toArray(float[][]::new));
    double[] tokens =
        samples.stream().mapToDouble(sample -> sample.row().responseLength()).toArray();
    double[] weights = new double[pairs];
    Arrays.fill(weights, 1);
    return new PairSums(
        chosen(policySums),
        rejected(policySums),
        new double[0],
        chosen(referenceSums),
        rejected(referenceSums),
        chosen(tokens),
        rejected(tokens),
        new double[0],
        weights);
  }

  private static double[] chosen(double[] both) {
    return Arrays.copyOf(both, both.length / 2);
  }

  private static double[] rejected(double[] both) {
    return Arrays.copyOfRange(both, both.length / 2, both.length);
  }

  /** The gradient by a sum is the gradient by each of its terms. */
  private static PassGradients gradients(ObjectiveResult result, float[][] like) {
    float[][] gradients = new float[like.length][];
    int pairs = like.length / 2;
    for (int i = 0; i < like.length; i++) {
      gradients[i] = new float[like[i].length];
      Arrays.fill(gradients[i], (float) result.gradients().get(i / pairs)[i % pairs]);
    }
    return PassGradients.ofLogProbabilities(gradients);
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
