package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.learner.checkpoint.Checkpoint;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;
import org.rlhfstreams.learner.checkpoint.EpochPosition;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.checkpoint.RunKind;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.checkpoint.ValidationState;

/**
 * A trainer that took up a checkpoint from the disk goes on as the one that wrote it, to the bit.
 */
final class TrainerResumeTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "sft, float32", "sft, bfloat16",
    "reward, float32", "reward, bfloat16",
    "dpo, float32", "dpo, bfloat16",
    "orpo, float32", "orpo, bfloat16",
    "kto, float32", "kto, bfloat16",
    "ppo, float32", "ppo, bfloat16",
    "grpo, float32", "grpo, bfloat16",
    "rloo, float32", "rloo, bfloat16",
    "reinforce-plus-plus, float32", "reinforce-plus-plus, bfloat16",
    "online-dpo, float32", "online-dpo, bfloat16",
  })
  void aRestoredTrainerTakesTheSameSteps(String objective, String dtype) {
    resume(GoldenTrainer.of(objective, Map.of("model.dtype", dtype)));
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
              2,
              1,
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
