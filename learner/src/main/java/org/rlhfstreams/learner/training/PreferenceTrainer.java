package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.data.PreferencePair;
import org.rlhfstreams.learner.objectives.preference.PairGradients;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.learner.objectives.preference.PairSums;
import org.rlhfstreams.learner.reference.ReferenceLogProbabilities;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;

/** A policy on preference pairs: one update a batch. */
public final class PreferenceTrainer extends SingleModelTrainer<PreferencePair>
    implements EvaluatingTrainer<PreferencePair> {
  private final TrainableModel policy;
  private final Optional<ReferenceLogProbabilities> reference;
  private final PairObjective objective;
  private final double learningRate;

  /**
   * @param policy closed with this object
   * @param reference where the objective needs one; closed with this object
   * @param learningRate at its peak
   */
  public PreferenceTrainer(
      TrainableModel policy,
      Optional<ReferenceLogProbabilities> reference,
      PairObjective objective,
      double learningRate) {
    super("policy", policy);
    if (objective.needsReference() && reference.isEmpty()) {
      throw new IllegalArgumentException("this objective needs a reference");
    }
    this.policy = policy;
    this.reference = reference;
    this.objective = objective;
    this.learningRate = learningRate;
  }

  @Override
  public Map<String, Double> step(List<PreferencePair> batch, double learningRateFactor) {
    List<TokenRow> rows = rows(batch);
    try (Pass pass = policy.logProbabilityPass(rows)) {
      ObjectiveResult<PassGradients> result =
          evaluate(batch, pass)
              .withGradients(gradients -> onTokens(gradients, batch, pass.logProbabilities()));
      Map<String, Double> metrics =
          OneUpdate.apply(policy, pass, result, learningRate * learningRateFactor);
      metrics.put(
          "num_tokens", (double) rows.stream().mapToLong(row -> row.tokenIds().length).sum());
      return metrics;
    }
  }

  @Override
  public Map<String, Double> evaluate(List<PreferencePair> pairs) {
    return ByPortions.mean(pairs, this::measure);
  }

  private Map<String, Double> measure(List<PreferencePair> pairs) {
    try (Pass pass = policy.logProbabilityPassWithoutGradient(rows(pairs))) {
      ObjectiveResult<PairGradients> result = evaluate(pairs, pass);
      Map<String, Double> metrics = new LinkedHashMap<>(result.statistics());
      metrics.put("loss", result.loss());
      return metrics;
    }
  }

  /** All chosen ones, then all rejected ones. */
  private List<TokenRow> rows(List<PreferencePair> pairs) {
    List<TokenRow> rows = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      rows.add(
          objective.learnsPrompts() ? new TokenRow(pair.chosen().tokenIds(), 1) : pair.chosen());
    }
    pairs.forEach(pair -> rows.add(pair.rejected()));
    return rows;
  }

  /** Tokens of a chosen row's prompt among those that the pass has log-probabilities of. */
  private int promptTokens(PreferencePair pair) {
    return objective.learnsPrompts() ? pair.chosen().responseStart() - 1 : 0;
  }

  private ObjectiveResult<PairGradients> evaluate(List<PreferencePair> pairs, Pass pass) {
    int count = pairs.size();
    float[][] all = pass.logProbabilities();
    float[][] prompts = new float[count][];
    float[][] responses = Arrays.copyOf(all, all.length);
    for (int i = 0; i < count; i++) {
      int split = promptTokens(pairs.get(i));
      prompts[i] = Arrays.copyOf(all[i], split);
      responses[i] = Arrays.copyOfRange(all[i], split, all[i].length);
    }
    double[] policySums = RowSums.of(responses);
    double[] referenceSums = referenceSums(pairs);
    double[] tokens = tokens(responses);
    return objective.evaluate(
        new PairSums<>(
            Arrays.copyOf(policySums, count),
            Arrays.copyOfRange(policySums, count, 2 * count),
            RowSums.of(prompts),
            Arrays.copyOf(referenceSums, referenceSums.length / 2),
            Arrays.copyOfRange(referenceSums, referenceSums.length / 2, referenceSums.length),
            Arrays.copyOf(tokens, count),
            Arrays.copyOfRange(tokens, count, 2 * count),
            tokens(prompts),
            pairs.stream().mapToDouble(PreferencePair::weight).toArray()));
  }

  private static double[] tokens(float[][] rows) {
    return Arrays.stream(rows).mapToDouble(row -> row.length).toArray();
  }

  private double[] referenceSums(List<PreferencePair> pairs) {
    if (!objective.needsReference()) {
      return new double[0];
    }
    List<TokenRow> rows = new ArrayList<>();
    pairs.forEach(pair -> rows.add(pair.chosen()));
    pairs.forEach(pair -> rows.add(pair.rejected()));
    return reference.orElseThrow().sums(rows);
  }

  private PassGradients onTokens(
      PairGradients gradients, List<PreferencePair> pairs, float[][] like) {
    double[] all = Rows.flat(new double[][] {gradients.policyChosen(), gradients.policyRejected()});
    float[][] rows = Rows.spread(all, like);
    for (int i = 0; i < pairs.size(); i++) {
      Arrays.fill(rows[i], 0, promptTokens(pairs.get(i)), (float) gradients.policyPrompt()[i]);
    }
    return PassGradients.ofLogProbabilities(rows);
  }

  @Override
  public void close() {
    super.close();
    reference.ifPresent(ReferenceLogProbabilities::close);
  }
}
