package org.rlhfstreams.model.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.training.MicroBatchSettings;

/** A small model is computed in the largest pieces, a large one in as large as memory allows. */
final class ActivationLimitTest {
  private static final TransformerConfiguration STARTER =
      ModelDirectory.readConfiguration(Path.of("..", "models", "starter"));
  private static final long LIMIT = 384L << 20;

  /** As SmolLM2's 135 M. */
  private static TransformerConfiguration larger(int vocabulary) {
    return new TransformerConfiguration(
        STARTER.architecture(),
        false,
        vocabulary,
        576,
        1536,
        30,
        9,
        3,
        64,
        STARTER.attention(),
        false,
        STARTER.activation(),
        1e-5,
        STARTER.rope(),
        2048,
        true,
        STARTER.endOfSequence());
  }

  private static long kept(TransformerConfiguration model, MicroBatchSettings cut) {
    return TrainingMemory.of(
            model, 0, TrainingMode.full(ComputeType.FLOAT32), new TrainingLoad(64, 64, cut))
        .phases()
        .get(0)
        .bytes(MemoryPart.ACTIVATIONS);
  }

  @Test
  void theStartersPiecesAreAsLargeAsAny() {
    assertThat(ActivationLimit.fit(STARTER, TrainingMode.full(ComputeType.FLOAT32), false))
        .isEqualTo(new MicroBatchSettings(4096, 6040, 512, 32L << 20, true, false));
  }

  @Test
  void aLargerModelKeepsNoMoreThanTheLimit() {
    TrainingMode mode = TrainingMode.full(ComputeType.FLOAT32);
    MicroBatchSettings cut = ActivationLimit.fit(larger(49_152), mode, false);
    assertThat(kept(larger(49_152), MicroBatchSettings.DEFAULT)).isGreaterThan(10 * LIMIT);
    assertThat(kept(larger(49_152), cut)).isBetween(LIMIT / 2, LIMIT + LIMIT / 10);
    assertThat(cut.keptLogits() * 4).isEqualTo(128L << 20);
    assertThat(ActivationLimit.fit(larger(49_152), mode, true).tokens())
        .isGreaterThan(cut.tokens());
  }

  @Test
  void aLargeVocabularyIsTakenInFewerRows() {
    TrainingMode mode = TrainingMode.full(ComputeType.FLOAT32);
    assertThat(ActivationLimit.fit(larger(49_152), mode, false).headRows()).isEqualTo(512);
    assertThat(ActivationLimit.fit(larger(151_936), mode, false).headRows()).isEqualTo(220);
  }
}
