package org.rlhfstreams.model.memory;

import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;

/** Memory of a process that trains a language model on the log-probabilities of rows. */
public final class TrainingMemory {
  private static final long FLOAT = Float.BYTES;

  private final Sizes sizes;
  private final long fileBytes;
  private final TrainingMode mode;
  private final TrainingLoad load;
  private final List<TensorSpecification> trained;
  private final LayerActivations layer;
  private final LayerActivations unfrozen;

  private TrainingMemory(
      TransformerConfiguration configuration,
      long fileBytes,
      TrainingMode mode,
      TrainingLoad load) {
    this.sizes = new Sizes(configuration);
    this.fileBytes = fileBytes;
    this.mode = mode;
    this.load = load;
    this.trained =
        mode.adapters()
            .map((LowRankAdapters adapters) -> adapters.tensors(configuration))
            .orElseGet(configuration::tensors);
    this.layer = new LayerActivations(configuration, mode);
    this.unfrozen = new LayerActivations(configuration, TrainingMode.full(mode.compute()));
  }

  /**
   * Predicts it.
   *
   * @param fileBytes of the weight files, which stay mapped behind the weights read from them
   */
  public static MemoryEstimate of(
      TransformerConfiguration configuration,
      long fileBytes,
      TrainingMode mode,
      TrainingLoad load) {
    TrainingMemory memory = new TrainingMemory(configuration, fileBytes, mode, load);
    return new MemoryEstimate(List.of(memory.headBackward(), memory.adding(), memory.updating()));
  }

  /** What is there from the first step on, with the memory that activations have been in. */
  private Map<MemoryPart, Long> always() {
    Map<MemoryPart, Long> parts = ProcessMemory.parts(fileBytes);
    long element = mode.compute().bytes();
    long elements = Sizes.elements(trained);
    long working = mode.compute() == ComputeType.FLOAT32 ? 0 : element * elements;
    long frozen = mode.adapters().isPresent() ? element * sizes.parameters() : 0;
    parts.put(MemoryPart.WEIGHTS, FLOAT * elements + working + frozen);
    parts.put(MemoryPart.GRADIENTS, FLOAT * elements);
    parts.put(MemoryPart.OPTIMIZER, 2L * mode.moments().bytes() * elements);
    parts.put(MemoryPart.UNDO, mode.undo() ? (FLOAT + 2L * mode.moments().bytes()) * elements : 0);
    parts.put(MemoryPart.ACTIVATIONS, activations(layer));
    // what a frozen layer does not keep it computes all the same, and leaves gaps where it was
    parts.put(MemoryPart.ALLOCATOR, ProcessMemory.allocatorKeeps(activations(unfrozen)));
    return parts;
  }

  /**
   * What waits for the backward pass: graphs, or where layers are checkpointed their inputs and one
   * graph. Gradients on a layer's values are about as large as the values.
   */
  private long activations(LayerActivations graph) {
    long states = sizes.hidden() * load.rowsKept() * load.tokens() * mode.compute().bytes();
    long one = graph.bytes(load.rowsAtOnce(), load.tokens());
    long kept =
        load.microBatches().checkpointLayers()
            ? (sizes.layers() + 2) * states + one
            : sizes.layers() * graph.bytes(load.rowsKept(), load.tokens()) + 2 * states;
    return kept + one;
  }

  /** Logits, and the head's gradient before it is added where the head is trained. */
  private MemoryPhase headBackward() {
    Map<MemoryPart, Long> parts = always();
    long element = mode.compute().bytes();
    long gradient = mode.adapters().isPresent() ? 0 : element * sizes.head();
    long logits =
        sizes.head() == 0 ? 0 : load.headRows(sizes.vocabulary()) * sizes.vocabulary() * element;
    parts.put(MemoryPart.HEAD, logits + gradient);
    return new MemoryPhase("backward of the head", parts);
  }

  /**
   * A micro-batch's gradients before they are added: on one weight, unless they are added up in
   * another type than they are computed in; where layers are checkpointed, on the embedding.
   */
  private MemoryPhase adding() {
    Map<MemoryPart, Long> parts = always();
    boolean oneByOne =
        load.microBatches().checkpointLayers() || mode.compute() == ComputeType.FLOAT32;
    long elements = oneByOne ? Sizes.largest(trained) : Sizes.elements(trained);
    parts.merge(MemoryPart.GRADIENTS, mode.compute().bytes() * elements, Long::sum);
    return new MemoryPhase("adding gradients", parts);
  }

  private MemoryPhase updating() {
    Map<MemoryPart, Long> parts = always();
    if (mode.moments() != ComputeType.FLOAT32) {
      parts.merge(MemoryPart.OPTIMIZER, DitheredUpdate.BYTES * Sizes.largest(trained), Long::sum);
    }
    return new MemoryPhase("update", parts);
  }
}
