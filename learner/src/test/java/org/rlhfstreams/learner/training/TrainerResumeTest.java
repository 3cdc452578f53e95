package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlhfstreams.learner.checkpoint.Checkpoint;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;
import org.rlhfstreams.learner.checkpoint.EpochPosition;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.checkpoint.RunKind;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.checkpoint.ValidationState;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * A trainer that took up a checkpoint from the disk goes on as the one that wrote it, to the bit.
 */
@Tag("slow")
final class TrainerResumeTest {
  @TempDir private Path directory;

  static List<Arguments> objectivesAndTypes() {
    return Stream.of(TrainingObjective.values())
        .flatMap(
            objective ->
                Stream.of("float32", "bfloat16").map(type -> Arguments.of(objective, type)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("objectivesAndTypes")
  void aRestoredTrainerTakesTheSameSteps(TrainingObjective objective, String dtype) {
    resume(GoldenTrainer.of(objective.text(), Map.of("model.dtype", dtype)));
  }

  private <E> void resume(GoldenTrainer<E> golden) {
    CheckpointStore store = new CheckpointStore(directory, GoldenTrainer.resource("policy"));
    try (Trainer<E> undisturbed = golden.open();
        Trainer<E> restored = golden.open()) {
      undisturbed.step(golden.batchWithout(0), 0.5);
      undisturbed.step(golden.batch(), 1);
      store.save(
          new Checkpoint(
              RunKind.REPLAY,
              Optional.of("ppo-replay"),
              2,
              1,
              List.of(),
              new EpochPosition(new LogRange(0, 8), 0, 2),
              OptionalLong.empty(),
              ValidationState.NONE,
              undisturbed.state()));
      restored.restore(store.newest(2).orElseThrow().trainer());
      assertSame(restored, undisturbed);
      for (int i = 1; i <= 3; i++) {
        Map<String, Double> expected = undisturbed.step(golden.batchWithout(i), 1);
        assertThat(restored.step(golden.batchWithout(i), 1)).isEqualTo(expected);
      }
      assertSame(restored, undisturbed);
    }
  }

  private static void assertSame(Trainer<?> one, Trainer<?> other) {
    TrainerState expected = other.state();
    TrainerState actual = one.state();
    assertThat(actual.numbers()).isEqualTo(expected.numbers());
    assertBits(actual.model(), expected.model());
    assertBits(
        actual.others().stream().map(tensor -> tensor.values()).toList(),
        expected.others().stream().map(tensor -> tensor.values()).toList());
  }

  private static void assertBits(List<float[]> actual, List<float[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).isEqualTo(expected.get(i));
    }
  }
}
