package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.objectives.preference.KahnemanTverskyObjective;
import org.rlhfstreams.learner.objectives.preference.LabelledGradients;
import org.rlhfstreams.learner.objectives.preference.LabelledSums;
import org.rlhfstreams.learner.reference.ReferenceLogProbabilities;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;

/**
 * A policy on single labelled responses: one update a batch. How far the policy is from the
 * reference is estimated from each prompt with the response before it in the batch.
 */
public final class LabelTrainer extends SingleModelTrainer<LabelledResponse>
    implements EvaluatingTrainer<LabelledResponse> {
  private final TrainableModel policy;
  private final ReferenceLogProbabilities reference;
  private final KahnemanTverskyObjective objective;
  private final int maxLength;
  private final double learningRate;

  /**
   * @param policy closed with this object
   * @param reference closed with this object
   * @param maxLength tokens of a row, at most
   * @param learningRate at its peak
   */
  public LabelTrainer(
      TrainableModel policy,
      ReferenceLogProbabilities reference,
      KahnemanTverskyObjective objective,
      int maxLength,
      double learningRate) {
    super("policy", policy);
    this.policy = policy;
    this.reference = reference;
    this.objective = objective;
    this.maxLength = maxLength;
    this.learningRate = learningRate;
  }

  @Override
  public Map<String, Double> step(List<LabelledResponse> batch, double learningRateFactor) {
    List<TokenRow> rows = batch.stream().map(LabelledResponse::row).toList();
    double[] mismatched = ratios(mismatched(rows));
    double[] referenceSums = reference.sums(rows);
    try (Pass pass = policy.logProbabilityPass(rows)) {
      double[] policySums = RowSums.of(pass.logProbabilities());
      ObjectiveResult<PassGradients> result =
          evaluate(batch, policySums, referenceSums, mismatched)
              .withGradients(
                  gradients ->
                      PassGradients.ofLogProbabilities(
                          Rows.spread(gradients.policy(), pass.logProbabilities())));
      Map<String, Double> metrics =
          OneUpdate.apply(policy, pass, result, learningRate * learningRateFactor);
      metrics.put(
          "num_tokens", (double) rows.stream().mapToLong(row -> row.tokenIds().length).sum());
      return metrics;
    }
  }

  /** The policy's distance to the reference is estimated from all responses at once. */
  @Override
  public Map<String, Double> evaluate(List<LabelledResponse> responses) {
    List<TokenRow> rows = responses.stream().map(LabelledResponse::row).toList();
    Map<String, Double> distance =
        ByPortions.mean(
            mismatched(rows),
            portion -> Map.of("kl", Arrays.stream(ratios(portion)).average().orElse(0)));
    LabelledRewards rewards = new LabelledRewards();
    Map<String, Double> figures =
        ByPortions.mean(responses, portion -> measure(portion, distance.get("kl"), rewards));
    figures.putAll(rewards.figures());
    return figures;
  }

  private Map<String, Double> measure(
      List<LabelledResponse> responses, double distance, LabelledRewards rewards) {
    List<TokenRow> rows = responses.stream().map(LabelledResponse::row).toList();
    double[] referenceSums = reference.sums(rows);
    double[] policySums = sums(rows);
    for (int i = 0; i < policySums.length; i++) {
      rewards.add(responses.get(i), objective.beta() * (policySums[i] - referenceSums[i]));
    }
    ObjectiveResult<LabelledGradients> result =
        evaluate(responses, policySums, referenceSums, new double[] {distance});
    return Map.of("loss", result.loss(), "kl", result.statistics().get("kl"));
  }

  private ObjectiveResult<LabelledGradients> evaluate(
      List<LabelledResponse> responses,
      double[] policySums,
      double[] referenceSums,
      double[] mismatched) {
    return objective.evaluate(
        new LabelledSums<>(
            policySums,
            referenceSums,
            responses.stream().mapToDouble(response -> response.desirable() ? 1 : 0).toArray(),
            responses.stream().mapToDouble(LabelledResponse::weight).toArray(),
            mismatched));
  }

  /** Each prompt with the response before it; the first with the last. */
  private List<TokenRow> mismatched(List<TokenRow> rows) {
    List<TokenRow> mismatched = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int[] prompt = rows.get(i).prompt();
      int[] response = rows.get((i + rows.size() - 1) % rows.size()).response();
      int length = Math.min(maxLength, prompt.length + response.length);
      int[] all = Arrays.copyOf(prompt, length);
      System.arraycopy(response, 0, all, prompt.length, length - prompt.length);
      mismatched.add(new TokenRow(all, prompt.length));
    }
    return mismatched;
  }

  private double[] ratios(List<TokenRow> rows) {
    double[] ratios = sums(rows);
    double[] of = reference.sums(rows);
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] -= of[i];
    }
    return ratios;
  }

  private double[] sums(List<TokenRow> rows) {
    try (Pass pass = policy.logProbabilityPassWithoutGradient(rows)) {
      return RowSums.of(pass.logProbabilities());
    }
  }

  @Override
  public void close() {
    super.close();
    reference.close();
  }
}
