package org.rlhfstreams.learner.training;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.Demonstration;
import org.rlhfstreams.learner.objectives.ObjectiveResult;
import org.rlhfstreams.learner.objectives.SupervisedObjective;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.model.training.Update;

/** Supervised fine-tuning: one update a batch. */
public final class SupervisedTrainer implements Trainer<Demonstration> {
  private final TrainableModel model;
  private final double learningRate;
  private final TrainableState state;

  /**
   * @param model closed with this object
   * @param learningRate at its peak
   */
  public SupervisedTrainer(TrainableModel model, double learningRate) {
    this.model = model;
    this.learningRate = learningRate;
    this.state = new TrainableState("model", model, model.modelTensors());
  }

  @Override
  public Map<String, Double> step(List<Demonstration> batch, double learningRateFactor) {
    List<TokenRow> rows = batch.stream().map(Demonstration::row).toList();
    Map<String, Double> metrics = new LinkedHashMap<>();
    try (Pass pass = model.tokenPass(rows)) {
      double[] logProbabilities = Rows.flat(pass.logProbabilities());
      ObjectiveResult result =
          ComputeThread.call(() -> SupervisedObjective.evaluate(logProbabilities));
      metrics.put("loss", result.loss());
      metrics.put("entropy", mean(Rows.flat(pass.entropies())));
      boolean applied = Double.isFinite(result.loss());
      if (applied) {
        pass.backward(
            PassGradients.ofLogProbabilities(
                Rows.cut(result.gradients().get(0), pass.logProbabilities())));
        Update update = model.update(learningRate * learningRateFactor);
        metrics.put("grad_norm", update.gradientNorm());
        applied = update.applied();
      }
      metrics.put(SKIPPED, applied ? 0.0 : 1.0);
    }
    metrics.put("learning_rate", learningRate * learningRateFactor);
    metrics.put("num_tokens", (double) tokens(rows));
    return metrics;
  }

  /** Mean of -log p over all response tokens, without learning. */
  public double loss(List<Demonstration> examples) {
    double sum = 0;
    long count = 0;
    for (Demonstration example : examples) {
      try (Pass pass = model.tokenPass(List.of(example.row()))) {
        double[] logProbabilities = Rows.flat(pass.logProbabilities());
        sum -= Arrays.stream(logProbabilities).sum();
        count += logProbabilities.length;
      }
    }
    return sum / count;
  }

  private static long tokens(List<TokenRow> rows) {
    return rows.stream().mapToLong(row -> row.tokenIds().length).sum();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  @Override
  public TrainedModel model() {
    return state.trained();
  }

  @Override
  public TrainerState state() {
    return state.alone();
  }

  @Override
  public void restore(TrainerState checkpointed) {
    state.restore(checkpointed);
  }

  @Override
  public void close() {
    model.close();
  }
}
