package org.rlhfstreams.learner.objectives;

import java.util.List;
import java.util.Map;

/**
 * What an objective says of a batch.
 *
 * @param loss the number to minimise
 * @param gradients of the loss, one array for each differentiable input, in the objective's order
 * @param statistics by the field's usual names
 */
public record ObjectiveResult(
    double loss, List<double[]> gradients, Map<String, Double> statistics) {
  public ObjectiveResult {
    gradients = List.copyOf(gradients);
    statistics = Map.copyOf(statistics);
  }
}
