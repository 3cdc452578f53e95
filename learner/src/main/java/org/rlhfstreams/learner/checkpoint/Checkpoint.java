package org.rlhfstreams.learner.checkpoint;

import java.util.Map;

/**
 * A point from which a run goes on as if it had never stopped (invariant 2).
 *
 * @param step updates done
 * @param generation of the weights
 * @param position where the source of examples stands, its own words: offsets, epoch, index
 * @param validation what tells which step is best; its checkpoint is kept as long as this one
 * @param trainer weights, optimizer, coefficients
 */
public record Checkpoint(
    long step,
    int generation,
    Map<String, Long> position,
    ValidationState validation,
    TrainerState trainer) {
  public Checkpoint {
    position = Map.copyOf(position);
  }
}
