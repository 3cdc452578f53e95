package org.rlhfstreams.learner.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.rlhfstreams.learner.data.AbandonedGeneration;

/**
 * A point from which a run goes on as if it had never stopped (invariant 2).
 *
 * @param kind of the run that wrote it
 * @param objective of that run; empty in what releases without the field wrote
 * @param step updates done
 * @param generation of the weights
 * @param abandoned generations that rollbacks of the run have ended
 * @param position where the source of examples begins its next batch
 * @param commands first offset of {@code controls} whose command has not been obeyed; a first run
 *     has one, a replay has none
 * @param validation what tells which step is best; its checkpoint is kept as long as this one
 * @param trainer weights, optimizer, coefficients
 */
public record Checkpoint(
    RunKind kind,
    Optional<String> objective,
    long step,
    int generation,
    List<AbandonedGeneration> abandoned,
    SourcePosition position,
    OptionalLong commands,
    ValidationState validation,
    TrainerState trainer) {
  public Checkpoint {
    abandoned = List.copyOf(abandoned);
    if (commands.isPresent() != (kind == RunKind.FIRST_RUN)) {
      throw new IllegalArgumentException("a first run obeys commands, a replay does not");
    }
  }
}
