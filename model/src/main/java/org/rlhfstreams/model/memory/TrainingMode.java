package org.rlhfstreams.model.memory;

import java.util.Optional;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.decoder.ComputeType;

/**
 * What is trained, and in which types.
 *
 * @param compute of passes; weights that are trained are float32 beside it
 * @param moments of the optimizer
 * @param adapters that are trained in place of all weights, if any
 * @param undo whether a step has several updates, so that a copy to go back to is kept
 */
public record TrainingMode(
    ComputeType compute, ComputeType moments, Optional<LowRankAdapters> adapters, boolean undo) {
  /** All weights, with moments in float32. */
  public static TrainingMode full(ComputeType compute) {
    return new TrainingMode(compute, ComputeType.FLOAT32, Optional.empty(), false);
  }

  /** Adapters, with moments in float32. */
  public static TrainingMode lora(ComputeType compute, LowRankAdapters adapters) {
    return new TrainingMode(compute, ComputeType.FLOAT32, Optional.of(adapters), false);
  }

  /** With moments in another type. */
  public TrainingMode withMoments(ComputeType type) {
    return new TrainingMode(compute, type, adapters, undo);
  }

  /** With steps of so many updates. */
  public TrainingMode withUpdates(int updates) {
    return new TrainingMode(compute, moments, adapters, updates > 1);
  }
}
