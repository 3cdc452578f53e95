package org.rlhfstreams.learner.checkpoint;

import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.architecture.ModelConfiguration;
import org.rlhfstreams.service.weights.NamedTensor;

/**
 * All that a trainer would have to know to go on.
 *
 * @param configuration of the model that is trained for others
 * @param model its tensors in the order that its configuration gives them, read when they are asked
 *     for
 * @param others optimizer moments, value model and the like
 * @param numbers counters and coefficients
 */
public record TrainerState(
    ModelConfiguration configuration,
    List<float[]> model,
    List<NamedTensor> others,
    Map<String, Double> numbers) {
  public TrainerState {
    others = List.copyOf(others);
    numbers = Map.copyOf(numbers);
  }
}
