package org.rlhfstreams.learner.loop;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.learner.checkpoint.Checkpoint;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;
import org.rlhfstreams.learner.checkpoint.RunKind;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.weights.WeightGenerations;

/**
 * Who a run is in the log. The first run of an objective has generation 0; each replay opens the
 * next one, under names of its own, so that neither the offsets nor the transactions nor the
 * admission of the run that it repeats are touched.
 *
 * @param kind first run or replay
 * @param group its name in offsets and transactions
 * @param runId key of its metrics
 * @param objective name, for metrics; admission follows only the steps of the first run
 * @param generation of its weights; where a first run is rolled back, of those that it began with
 */
public record RunIdentity(
    RunKind kind, String group, String runId, String objective, int generation) {
  /** The run that an objective has without more ado. */
  public static RunIdentity first(KafkaConnection connection, String objective) {
    return new RunIdentity(
        RunKind.FIRST_RUN,
        GroupNames.LEARNERS + objective,
        prefix(connection) + objective,
        objective,
        0);
  }

  /**
   * A replay: the one whose checkpoints are there, or a new one.
   *
   * @param weights topic whose newest generation it is to follow
   * @throws CheckpointException where the checkpoints are those of a first run
   */
  public static RunIdentity replay(
      KafkaConnection connection, String objective, CheckpointStore checkpoints, Topic weights) {
    Optional<Checkpoint> newest = checkpoints.newest(Long.MAX_VALUE);
    int generation =
        newest
            .map(Checkpoint::generation)
            .orElseGet(() -> WeightGenerations.of(connection, weights).newest().orElse(0) + 1);
    if (newest.filter(checkpoint -> checkpoint.kind() == RunKind.FIRST_RUN).isPresent()) {
      throw new CheckpointException(
          checkpoints.directory()
              + " has the checkpoints of a first run: give the replay an output of its own");
    }
    String name = objective + "-replay-" + generation;
    return new RunIdentity(
        RunKind.REPLAY,
        GroupNames.LEARNERS + name,
        prefix(connection) + name,
        objective + "-replay",
        generation);
  }

  private static String prefix(KafkaConnection connection) {
    return connection.configuration().connection().topicPrefix();
  }

  /**
   * Checks that a checkpoint is of this run.
   *
   * @throws CheckpointException where it is another's
   */
  void requireOwn(Checkpoint checkpoint, Path directory) {
    checkpoint
        .objective()
        .filter(other -> !other.equals(objective))
        .ifPresent(
            other -> {
              throw new CheckpointException(
                  "%s has checkpoints of a run of %s, and this one trains %s: name another directory with learner.checkpoint-directory"
                      .formatted(directory, other, objective));
            });
    if (checkpoint.kind() != kind) {
      throw new CheckpointException(
          "%s has checkpoints of a %s, and this is a %s: name another directory with learner.checkpoint-directory"
              .formatted(directory, checkpoint.kind().text(), kind.text()));
    }
    if (kind == RunKind.REPLAY && checkpoint.generation() != generation) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              "%s has checkpoints of generation %d, this run has %d: name another directory with learner.checkpoint-directory",
              directory,
              checkpoint.generation(),
              generation));
    }
  }
}
