package org.rlhfstreams.model.memory;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.AttentionSizes;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.training.MicroBatchSettings;

/**
 * Memory of a process that generates, without top-k, top-p or min-p, which sort whole rows of
 * logits.
 */
public final class InferenceMemory {
  private static final int PREFILL_TOKENS = 4096;
  private static final long FLOAT = Float.BYTES;

  private final Sizes sizes;
  private final long fileBytes;
  private final ComputeType type;

  private InferenceMemory(Sizes sizes, long fileBytes, ComputeType type) {
    this.sizes = sizes;
    this.fileBytes = fileBytes;
    this.type = type;
  }

  /**
   * Predicts it.
   *
   * @param fileBytes of the weight files, which stay mapped behind the weights read from them
   * @param type of the weights in memory
   */
  public static MemoryEstimate of(
      TransformerConfiguration configuration,
      long fileBytes,
      ComputeType type,
      GenerationLoad load) {
    InferenceMemory memory = new InferenceMemory(new Sizes(configuration), fileBytes, type);
    return new MemoryEstimate(List.of(memory.loading(), memory.generating(load)));
  }

  /**
   * What a role that generates with weights that arrive needs: they are laid out tensor by tensor.
   *
   * @param role its name
   * @param versions bytes of weights that arrive
   * @param slots the setting that says how many rows run side by side
   */
  public static MemoryNeeds generating(
      String role,
      TransformerConfiguration configuration,
      ComputeType type,
      GenerationLoad load,
      long versions,
      String slots) {
    MemoryPhase peak = generating(configuration, type, load, versions);
    List<MemorySaving> savings = new ArrayList<>();
    if (load.slots() > 1) {
      GenerationLoad half =
          new GenerationLoad(load.slots() / 2, load.promptTokens(), load.tokens());
      MemoryPhase smaller = generating(configuration, type, half, versions);
      savings.add(new MemorySaving(slots + " = " + half.slots(), peak.total() - smaller.total()));
    }
    if (type == ComputeType.FLOAT32) {
      MemoryPhase smaller = generating(configuration, ComputeType.BFLOAT16, load, versions);
      savings.add(new MemorySaving("model.dtype = bfloat16", peak.total() - smaller.total()));
    }
    return MemoryNeeds.of(role, peak, savings);
  }

  private static MemoryPhase generating(
      TransformerConfiguration configuration,
      ComputeType type,
      GenerationLoad load,
      long versions) {
    MemoryPhase generating =
        new InferenceMemory(new Sizes(configuration), 0, type).generating(load);
    Map<MemoryPart, Long> parts = new EnumMap<>(MemoryPart.class);
    parts.putAll(generating.parts());
    parts.put(MemoryPart.VERSIONS, versions);
    return new MemoryPhase(generating.name(), parts);
  }

  /**
   * What a role that computes with a frozen model needs, of scores or of log-probabilities.
   *
   * @param role its name
   */
  public static MemoryNeeds frozen(
      String role, TransformerConfiguration configuration, ComputeType type) {
    MemoryPhase peak = frozen(configuration, type);
    List<MemorySaving> savings = new ArrayList<>();
    if (type == ComputeType.FLOAT32) {
      savings.add(
          new MemorySaving(
              "model.dtype = bfloat16",
              peak.total() - frozen(configuration, ComputeType.BFLOAT16).total()));
    }
    return MemoryNeeds.of(role, peak, savings);
  }

  private static MemoryPhase frozen(TransformerConfiguration configuration, ComputeType type) {
    InferenceMemory memory = new InferenceMemory(new Sizes(configuration), 0, type);
    MicroBatchSettings cut = ActivationLimit.fit(configuration, TrainingMode.full(type), false);
    long activations = memory.layer(cut.tokens());
    Map<MemoryPart, Long> parts = ProcessMemory.parts(0);
    parts.put(MemoryPart.WEIGHTS, memory.packed());
    parts.put(
        MemoryPart.HEAD,
        memory.sizes.head() == 0 ? 0 : 2 * FLOAT * cut.headRows() * memory.sizes.vocabulary());
    parts.put(MemoryPart.ACTIVATIONS, activations);
    parts.put(MemoryPart.ALLOCATOR, ProcessMemory.allocatorKeeps(activations));
    return new MemoryPhase("scoring", parts);
  }

  /** Weights as they were read, and the packed ones beside them. */
  private MemoryPhase loading() {
    Map<MemoryPart, Long> parts = ProcessMemory.parts(fileBytes);
    parts.put(MemoryPart.WEIGHTS, type.bytes() * sizes.parameters() + packed());
    return new MemoryPhase("loading", parts);
  }

  /** Every tensor, and the head once more: the embedding stays as it is for its rows. */
  private long packed() {
    return type.bytes() * (sizes.parameters() + sizes.head());
  }

  private MemoryPhase generating(GenerationLoad load) {
    Map<MemoryPart, Long> parts = ProcessMemory.parts(fileBytes);
    parts.put(MemoryPart.WEIGHTS, packed());
    long capacity = inBlocks(load.tokens());
    long replaced = cacheHalf(load.slots(), Math.max(0, capacity - AttentionSizes.CACHE_BLOCK));
    // while the last block is added, the old keys or values are there beside the new
    parts.put(MemoryPart.CACHE, 2 * cacheHalf(load.slots(), capacity) + replaced);
    parts.put(MemoryPart.HEAD, logits(load));
    long activations = Math.max(prefill(load), decoding(load));
    parts.put(MemoryPart.ACTIVATIONS, activations);
    parts.put(MemoryPart.ALLOCATOR, ProcessMemory.allocatorKeeps(activations + replaced));
    return new MemoryPhase("generating", parts);
  }

  /** All keys, or all values. */
  private long cacheHalf(long slots, long capacity) {
    return type.bytes() * sizes.layers() * slots * sizes.keys() * capacity;
  }

  private static long inBlocks(long tokens) {
    return (tokens + AttentionSizes.CACHE_BLOCK - 1)
        / AttentionSizes.CACHE_BLOCK
        * AttentionSizes.CACHE_BLOCK;
  }

  /** Logits, probabilities, and in turn the tempered logits or the log-probabilities. */
  private long logits(GenerationLoad load) {
    long widened = type == ComputeType.FLOAT32 ? 0 : type.bytes();
    return load.slots() * sizes.vocabulary() * (3 * FLOAT + widened);
  }

  /** Of one layer over all prompts that are read together. */
  private long prefill(GenerationLoad load) {
    long rows = Math.min(load.slots(), Math.max(1, PREFILL_TOKENS / load.promptTokens()));
    return layer(rows * inBlocks(load.promptTokens()));
  }

  private long layer(long tokens) {
    long attention = FLOAT * (3 * sizes.queries() + 4 * sizes.keys());
    long feedForward = type.bytes() * (sizes.hidden() + 2 * sizes.inner());
    return tokens * (2L * type.bytes() * sizes.hidden() + Math.max(attention, feedForward));
  }

  /** Of one layer for a token of each row: its keys and values in float32. */
  private long decoding(GenerationLoad load) {
    return 2 * FLOAT * sizes.keys() * load.slots() * inBlocks(load.tokens());
  }
}
