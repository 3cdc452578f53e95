package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.learner.data.PreferencePair;
import org.rlhfstreams.learner.objectives.ObjectiveResult;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.learner.objectives.preference.PairSums;
import org.rlhfstreams.learner.reference.ReferenceLogProbabilities;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.torchscript.ComputeThread;
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
      ObjectiveResult result = evaluate(batch, pass);
      Map<String, Double> metrics =
          OneUpdate.apply(
              policy,
              pass,
              result,
              () -> gradients(batch, pass, result),
              learningRate * learningRateFactor);
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
      ObjectiveResult result = evaluate(pairs, pass);
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

  private ObjectiveResult evaluate(List<PreferencePair> pairs, Pass pass) {
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
    double[] tokens = Arrays.stream(responses).mapToDouble(row -> row.length).toArray();
    boolean withPrompts = objective.learnsPrompts();
    PairSums sums =
        new PairSums(
            Arrays.copyOf(policySums, count),
            Arrays.copyOfRange(policySums, count, 2 * count),
            withPrompts ? RowSums.of(prompts) : new double[0],
            Arrays.copyOf(referenceSums, referenceSums.length / 2),
            Arrays.copyOfRange(referenceSums, referenceSums.length / 2, referenceSums.length),
            Arrays.copyOf(tokens, count),
            Arrays.copyOfRange(tokens, count, 2 * count),
            withPrompts
                ? Arrays.stream(prompts).mapToDouble(row -> row.length).toArray()
                : new double[0],
            pairs.stream().mapToDouble(PreferencePair::weight).toArray());
    return ComputeThread.call(() -> objective.evaluate(sums));
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

  /** The gradient by a sum is the gradient by each of its terms. */
  private PassGradients gradients(List<PreferencePair> pairs, Pass pass, ObjectiveResult result) {
    int count = pairs.size();
    float[][] gradients = new float[2 * count][];
    for (int i = 0; i < count; i++) {
      gradients[i] = new float[pass.logProbabilities()[i].length];
      int split = promptTokens(pairs.get(i));
      Arrays.fill(gradients[i], split, gradients[i].length, (float) result.gradients().get(0)[i]);
      if (split > 0) {
        Arrays.fill(gradients[i], 0, split, (float) result.gradients().get(2)[i]);
      }
      gradients[count + i] = new float[pass.logProbabilities()[count + i].length];
      Arrays.fill(gradients[count + i], (float) result.gradients().get(1)[i]);
    }
    return PassGradients.ofLogProbabilities(gradients);
  }

  @Override
  public void close() {
    super.close();
    reference.ifPresent(ReferenceLogProbabilities::close);
  }
}
