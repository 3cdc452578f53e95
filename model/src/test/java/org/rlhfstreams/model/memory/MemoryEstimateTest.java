package org.rlhfstreams.model.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.model.architecture.Activation;
import org.rlhfstreams.model.architecture.AttentionOptions;
import org.rlhfstreams.model.architecture.LlamaArchitecture;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.training.MicroBatchSettings;

/** Parts of predictions against bytes counted by hand. */
final class MemoryEstimateTest {
  private static final long FILE = 777;
  private static final long EMBEDDING = 10 * 4;
  private static final long LAYER = 2 * 4 + 4 * 4 + 2 * (2 * 4) + 4 * 4 + 3 * (6 * 4);
  private static final long PARAMETERS = EMBEDDING + 2 * LAYER + 4;
  private static final TransformerConfiguration TINY = tiny(false);

  /** Vocabulary 10, hidden 4, inner 6, two layers, two heads of 2 that share a key/value head. */
  private static TransformerConfiguration tiny(boolean classifier) {
    return new TransformerConfiguration(
        new LlamaArchitecture(),
        classifier,
        10,
        4,
        6,
        2,
        2,
        1,
        2,
        new AttentionOptions(false, false, false, 0, List.of(false, false), true, false),
        false,
        Activation.SILU,
        1e-5,
        Optional.empty(),
        512,
        true,
        Set.of());
  }

  private static MemoryPhase phase(MemoryEstimate estimate, String name) {
    return estimate.phases().stream()
        .filter(phase -> phase.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static MemoryEstimate inference(ComputeType type, int slots, int tokens) {
    return InferenceMemory.of(TINY, FILE, type, new GenerationLoad(slots, 8, tokens));
  }

  private static MemoryEstimate training(TrainingMode mode, int rows, MicroBatchSettings cut) {
    return TrainingMemory.of(TINY, FILE, mode, new TrainingLoad(rows, 3, cut));
  }

  private static MemoryEstimate training(TrainingMode mode) {
    return training(mode, 1, MicroBatchSettings.DEFAULT);
  }

  @Test
  void packedWeightsStandBesideThoseThatWereRead() {
    MemoryEstimate full = inference(ComputeType.FLOAT32, 3, 70);
    long packed = PARAMETERS + EMBEDDING;
    assertThat(phase(full, "loading").bytes(MemoryPart.WEIGHTS))
        .isEqualTo(4 * (PARAMETERS + packed));
    assertThat(phase(full, "generating").bytes(MemoryPart.WEIGHTS)).isEqualTo(4 * packed);
    MemoryEstimate half = inference(ComputeType.BFLOAT16, 3, 70);
    assertThat(phase(half, "loading").bytes(MemoryPart.WEIGHTS))
        .isEqualTo(2 * (PARAMETERS + packed));
    assertThat(phase(full, "loading").bytes(MemoryPart.FILES)).isEqualTo(FILE);
  }

  @Test
  void theCacheHoldsTheWeightsTypeInWholeBlocks() {
    for (ComputeType type : List.of(ComputeType.FLOAT32, ComputeType.BFLOAT16)) {
      long block = 2L * 3 * 2 * 32 * type.bytes(); // layers, slots, width of a key, tokens
      assertThat(phase(inference(type, 3, 64), "generating").bytes(MemoryPart.CACHE))
          .isEqualTo(2 * 2 * block + block); // the old keys or values while they are copied
      assertThat(phase(inference(type, 3, 65), "generating").bytes(MemoryPart.CACHE))
          .isEqualTo(2 * 3 * block + 2 * block);
    }
    assertThat(phase(inference(ComputeType.FLOAT32, 3, 64), "generating").bytes(MemoryPart.HEAD))
        .isEqualTo(3 * 3 * 10 * 4);
  }

  @Test
  void trainingHoldsMastersWorkingCopiesGradientsAndMoments() {
    MemoryPhase full = training(TrainingMode.full(ComputeType.FLOAT32)).phases().get(0);
    assertThat(full.bytes(MemoryPart.WEIGHTS)).isEqualTo(4 * PARAMETERS);
    assertThat(full.bytes(MemoryPart.GRADIENTS)).isEqualTo(4 * PARAMETERS);
    assertThat(full.bytes(MemoryPart.OPTIMIZER)).isEqualTo(2 * 4 * PARAMETERS);
    assertThat(full.bytes(MemoryPart.HEAD)).isEqualTo(4 * (2 * 10 + EMBEDDING));
    TrainingMode half = TrainingMode.full(ComputeType.BFLOAT16);
    MemoryPhase mixed = training(half).phases().get(0);
    assertThat(mixed.bytes(MemoryPart.WEIGHTS)).isEqualTo((4 + 2) * PARAMETERS);
    assertThat(mixed.bytes(MemoryPart.GRADIENTS)).isEqualTo(4 * PARAMETERS);
    assertThat(mixed.bytes(MemoryPart.OPTIMIZER)).isEqualTo(2 * 4 * PARAMETERS);
    assertThat(phase(training(half), "adding gradients").bytes(MemoryPart.GRADIENTS))
        .isEqualTo((4 + 2) * PARAMETERS);
  }

  @Test
  void momentsInBfloat16TakeHalfAndAnUpdateWidensOneTensor() {
    MemoryEstimate estimate =
        training(TrainingMode.full(ComputeType.BFLOAT16).withMoments(ComputeType.BFLOAT16));
    assertThat(estimate.phases().get(0).bytes(MemoryPart.OPTIMIZER)).isEqualTo(2 * 2 * PARAMETERS);
    assertThat(phase(estimate, "update").bytes(MemoryPart.OPTIMIZER))
        .isEqualTo(2 * 2 * PARAMETERS + 7 * 4 * EMBEDDING);
  }

  @Test
  void aStepOfSeveralUpdatesKeepsACopyOfWeightsAndMoments() {
    TrainingMode mode = TrainingMode.full(ComputeType.BFLOAT16);
    assertThat(training(mode.withUpdates(1)).phases().get(0).bytes(MemoryPart.UNDO)).isZero();
    assertThat(training(mode.withUpdates(4)).phases().get(0).bytes(MemoryPart.UNDO))
        .isEqualTo((4 + 2 * 4) * PARAMETERS);
    TrainingMode half = mode.withMoments(ComputeType.BFLOAT16).withUpdates(4);
    assertThat(training(half).phases().get(0).bytes(MemoryPart.UNDO))
        .isEqualTo((4 + 2 * 2) * PARAMETERS);
  }

  @Test
  void adaptersAloneHaveGradientsAndMoments() {
    LowRankAdapters adapters = LowRankAdapters.ofRank(2, TINY);
    long trained = 2 * (2 * 4 + 4 * 2 + 2 * 4 + 2 * 2); // layers; A and B of queries and of values
    MemoryPhase lora = training(TrainingMode.lora(ComputeType.BFLOAT16, adapters)).phases().get(0);
    assertThat(lora.bytes(MemoryPart.WEIGHTS)).isEqualTo(2 * PARAMETERS + (4 + 2) * trained);
    assertThat(lora.bytes(MemoryPart.GRADIENTS)).isEqualTo(4 * trained);
    assertThat(lora.bytes(MemoryPart.OPTIMIZER)).isEqualTo(2 * 4 * trained);
    assertThat(lora.bytes(MemoryPart.HEAD)).isEqualTo(2 * 2 * 10);
  }

  @Test
  void activationsAreThoseThatTheGraphKeeps() {
    long norms = 2 * (2 * 4 + 4); // input, normalised, and times the weight
    long attention = 4 * 4 + 2; // queries, keys and values for each head, result; a sum a head
    long feedForward = 4 * 6; // gate before and after its activation, its factor, their product
    long layer = 3 * 4 * (norms + attention + feedForward);
    long states = 3 * 4 * 4;
    TrainingMode mode = TrainingMode.full(ComputeType.FLOAT32);
    assertThat(training(mode).phases().get(0).bytes(MemoryPart.ACTIVATIONS))
        .isEqualTo(2 * layer + 2 * states + layer); // and gradients on a layer's values
    MicroBatchSettings cut = new MicroBatchSettings(6, 6, 512, 1 << 30, false, false);
    assertThat(training(mode, 2, cut).phases().get(0).bytes(MemoryPart.ACTIVATIONS))
        .isEqualTo(2 * (2 * layer + 2 * states + layer));
    assertThat(training(mode, 8, cut).phases().get(0))
        .as("a pass that is too large keeps one micro-batch's graph at a time")
        .isEqualTo(training(mode, 2, cut).phases().get(0));
  }

  @Test
  void checkpointingTouchesActivationsAndGradientsUnderWayAlone() {
    TrainingMode mode = TrainingMode.full(ComputeType.BFLOAT16);
    MicroBatchSettings whole = MicroBatchSettings.DEFAULT;
    MemoryEstimate without = training(mode, 64, whole);
    MemoryEstimate with = training(mode, 64, whole.withCheckpointLayers(true));
    assertThat(with.bytes()).isLessThan(without.bytes());
    Map<MemoryPart, Long> changed = new EnumMap<>(without.phases().get(0).parts());
    with.phases().get(0).parts().forEach((part, bytes) -> changed.remove(part, bytes));
    assertThat(changed).containsOnlyKeys(MemoryPart.ACTIVATIONS, MemoryPart.ALLOCATOR);
    assertThat(phase(with, "adding gradients").bytes(MemoryPart.GRADIENTS))
        .isEqualTo(4 * PARAMETERS + 2 * EMBEDDING);
  }

  @Test
  void aRewardModelHasNoLogits() {
    MemoryEstimate estimate =
        TrainingMemory.of(
            tiny(true),
            FILE,
            TrainingMode.full(ComputeType.FLOAT32),
            new TrainingLoad(1, 3, MicroBatchSettings.DEFAULT));
    assertThat(estimate.phases().get(0).bytes(MemoryPart.HEAD)).isZero();
  }

  @Test
  void thePeakIsTheHighestPhase() {
    MemoryEstimate estimate = inference(ComputeType.FLOAT32, 500, 512);
    assertThat(estimate.peak().name()).isEqualTo("generating");
    assertThat(estimate.bytes()).isEqualTo(estimate.phases().get(1).total());
  }
}
