package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.objectives.ObjectiveResult;
import org.rlhfstreams.learner.objectives.preference.KahnemanTverskyObjective;
import org.rlhfstreams.learner.objectives.preference.LabelledSums;
import org.rlhfstreams.learner.reference.ReferenceLogProbabilities;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;

/**
 * A policy on single labelled responses: one update a batch. How far the policy is from the
 * reference is estimated from each prompt with the response before it in the batch.
 */
public final class LabelTrainer extends SingleModelTrainer<LabelledResponse> {
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
    double[] mismatched = mismatchedRatios(rows);
    double[] referenceSums = reference.sums(rows);
    try (Pass pass = policy.logProbabilityPass(rows)) {
      LabelledSums sums =
          new LabelledSums(
              RowSums.of(pass.logProbabilities()),
              referenceSums,
              batch.stream().mapToDouble(example -> example.desirable() ? 1 : 0).toArray(),
              batch.stream().mapToDouble(LabelledResponse::weight).toArray(),
              mismatched);
      ObjectiveResult result = ComputeThread.call(() -> objective.evaluate(sums));
      Map<String, Double> metrics =
          OneUpdate.apply(
              policy,
              pass,
              result,
              () -> gradients(pass, result),
              learningRate * learningRateFactor);
      metrics.put(
          "num_tokens", (double) rows.stream().mapToLong(row -> row.tokenIds().length).sum());
      return metrics;
    }
  }

  private double[] mismatchedRatios(List<TokenRow> rows) {
    List<TokenRow> mismatched = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int[] prompt = rows.get(i).prompt();
      int[] response = rows.get((i + rows.size() - 1) % rows.size()).response();
      int length = Math.min(maxLength, prompt.length + response.length);
      int[] all = Arrays.copyOf(prompt, length);
      System.arraycopy(response, 0, all, prompt.length, length - prompt.length);
      mismatched.add(new TokenRow(all, prompt.length));
    }
    double[] ratios;
    try (Pass pass = policy.logProbabilityPassWithoutGradient(mismatched)) {
      ratios = RowSums.of(pass.logProbabilities());
    }
    double[] of = reference.sums(mismatched);
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] -= of[i];
    }
    return ratios;
  }

  /** The gradient by a sum is the gradient by each of its terms. */
  private static PassGradients gradients(Pass pass, ObjectiveResult result) {
    float[][] gradients = new float[pass.logProbabilities().length][];
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = new float[pass.logProbabilities()[i].length];
      Arrays.fill(gradients[i], (float) result.gradients().get(0)[i]);
    }
    return PassGradients.ofLogProbabilities(gradients);
  }

  @Override
  public void close() {
    super.close();
    reference.close();
  }
}
