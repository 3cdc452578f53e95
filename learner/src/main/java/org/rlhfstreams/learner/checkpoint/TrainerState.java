package org.rlhfstreams.learner.checkpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.NamedTensor;

/**
 * All that a trainer would have to know to go on.
 *
 * @param configuration of the model that is trained for others
 * @param model its tensors in the order that its configuration gives them, read when they are asked
 *     for
 * @param others optimizer moments, value model and the like
 * @param numbers counters and coefficients
 * @param origin what the state was read from, for errors
 */
public record TrainerState(
    TransformerConfiguration configuration,
    List<float[]> model,
    List<NamedTensor> others,
    Map<String, Double> numbers,
    String origin) {
  /** Number of the batches that a trainer on rollouts has been given. */
  public static final String STEPS = "steps";

  /** Number of those whose step was undone; missing if none was. */
  public static final String SKIPPED_STEPS = "skipped-steps";

  public TrainerState {
    others = List.copyOf(others);
    numbers = Map.copyOf(numbers);
  }

  /** The state of a trainer of this process. */
  public TrainerState(
      TransformerConfiguration configuration,
      List<float[]> model,
      List<NamedTensor> others,
      Map<String, Double> numbers) {
    this(configuration, model, others, numbers, "the state of this run");
  }

  /** The numbers for a trainer that goes on with them. */
  public RestoredNumbers restoredNumbers() {
    return new RestoredNumbers(origin, numbers);
  }

  /** The same weights and moments in a trainer that has done so many updates. */
  public TrainerState after(long steps) {
    Map<String, Double> counted = new HashMap<>(numbers);
    counted.computeIfPresent(STEPS, (name, before) -> (double) steps);
    return new TrainerState(configuration, model, others, counted, origin);
  }
}
