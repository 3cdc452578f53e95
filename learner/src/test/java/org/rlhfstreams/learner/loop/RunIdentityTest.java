package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.learner.checkpoint.Checkpoint;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.learner.checkpoint.EpochPosition;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.checkpoint.RunKind;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.checkpoint.ValidationState;

final class RunIdentityTest {
  private static final Path DIRECTORY = Path.of("checkpoints");

  private static RunIdentity run(RunKind kind, int generation) {
    return new RunIdentity(kind, "learner-dpo", "dpo", "dpo", generation);
  }

  private static Checkpoint checkpoint(RunKind kind, int generation) {
    return new Checkpoint(
        kind,
        Optional.of("dpo"),
        3,
        generation,
        List.of(),
        new EpochPosition(new LogRange(0, 9), 0, 3),
        kind == RunKind.FIRST_RUN ? OptionalLong.of(0) : OptionalLong.empty(),
        ValidationState.NONE,
        new TrainerState(null, List.of(), List.of(), Map.of()));
  }

  private static void assertRefused(RunIdentity run, Checkpoint checkpoint, String message) {
    assertThatThrownBy(() -> run.requireOwn(checkpoint, DIRECTORY))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(message + ": name another directory with learner.checkpoint-directory");
  }

  @Test
  void aRunContinuesItsOwnCheckpointsAlsoAfterARollback() {
    run(RunKind.FIRST_RUN, 0).requireOwn(checkpoint(RunKind.FIRST_RUN, 0), DIRECTORY);
    run(RunKind.FIRST_RUN, 0).requireOwn(checkpoint(RunKind.FIRST_RUN, 2), DIRECTORY);
    run(RunKind.REPLAY, 2).requireOwn(checkpoint(RunKind.REPLAY, 2), DIRECTORY);
  }

  @Test
  void aRunRefusesTheCheckpointsOfAnother() {
    assertRefused(
        new RunIdentity(RunKind.FIRST_RUN, "learner-ppo", "ppo", "ppo", 0),
        checkpoint(RunKind.FIRST_RUN, 0),
        "checkpoints has checkpoints of a run of dpo, and this one trains ppo");
    assertRefused(
        run(RunKind.FIRST_RUN, 0),
        checkpoint(RunKind.REPLAY, 1),
        "checkpoints has checkpoints of a replay, and this is a first-run");
    assertRefused(
        run(RunKind.REPLAY, 1),
        checkpoint(RunKind.FIRST_RUN, 1),
        "checkpoints has checkpoints of a first-run, and this is a replay");
    assertRefused(
        run(RunKind.REPLAY, 2),
        checkpoint(RunKind.REPLAY, 1),
        "checkpoints has checkpoints of generation 1, this run has 2");
  }
}
