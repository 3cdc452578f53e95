package org.rlhfstreams.cli.report;

import java.util.Map;

/**
 * A step of a run.
 *
 * @param step counted from 1; its rollouts were sampled before its update
 * @param metrics of the learner
 * @param cheerfulness mean of its responses, by the annotator's own measure
 * @param distinctTwo of its responses
 */
public record StepFigures(
    long step, Map<String, Double> metrics, double cheerfulness, double distinctTwo) {
  public StepFigures {
    metrics = Map.copyOf(metrics);
  }

  /** A metric, or 0 where the step has none. */
  public double metric(String name) {
    return metrics.getOrDefault(name, 0.0);
  }
}
