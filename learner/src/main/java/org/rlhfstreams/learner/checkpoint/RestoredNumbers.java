package org.rlhfstreams.learner.checkpoint;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * Counters and coefficients that a trainer goes on with.
 *
 * @param origin file that they were read from
 * @param values by name
 */
public record RestoredNumbers(String origin, Map<String, Double> values) {
  public RestoredNumbers {
    values = Map.copyOf(values);
  }

  /**
   * A number that has to be there.
   *
   * @throws CheckpointException naming the file and the number if it is missing
   */
  public double get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new CheckpointException(
                    ("%s: field numbers.%s is missing (a number). The checkpoint is of another"
                            + " objective, or damaged: continue with the settings that wrote it, or"
                            + " start a new run with an empty learner.checkpoint-directory")
                        .formatted(origin, name)));
  }

  /** A number that may be missing. */
  public OptionalDouble find(String name) {
    Double value = values.get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
