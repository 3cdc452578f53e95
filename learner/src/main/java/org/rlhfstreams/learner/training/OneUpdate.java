package org.rlhfstreams.learner.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.model.training.Update;

/**
 * The rule of objectives that make one update a batch: numbers that are not finite change nothing.
 */
final class OneUpdate {
  private OneUpdate() {}

  /**
   * Takes the gradients through the pass and updates the model.
   *
   * @param result with gradients on the pass
   * @return the step's metrics
   */
  static Map<String, Double> apply(
      TrainableModel model, Pass pass, ObjectiveResult<PassGradients> result, double learningRate) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", result.loss());
    metrics.putAll(result.statistics());
    boolean applied = Double.isFinite(result.loss());
    if (applied) {
      pass.backward(result.gradients());
      Update update = model.update(learningRate);
      metrics.put("grad_norm", update.gradientNorm());
      applied = update.applied();
    }
    metrics.put(Trainer.SKIPPED, applied ? 0.0 : 1.0);
    metrics.put("learning_rate", learningRate);
    return metrics;
  }
}
