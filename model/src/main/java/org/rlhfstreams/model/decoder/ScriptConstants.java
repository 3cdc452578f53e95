package org.rlhfstreams.model.decoder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.model.architecture.AdaptableMatrix;
import org.rlhfstreams.model.architecture.AttentionOptions;
import org.rlhfstreams.model.architecture.Gpt2Architecture;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.torchscript.ComputeDevice;

/**
 * What the script reads as {@code self.NAME}: sizes, options, and where in the list of weights each
 * tensor stands.
 */
final class ScriptConstants {
  private static final int ROTARY_MATRICES_AND_NORMS = 9;
  private static final int MOST_LAYER_TENSORS = 32;

  private ScriptConstants() {}

  /**
   * @param fused whether weights come as {@code pack} lays them out
   */
  static Map<String, Object> of(
      TransformerConfiguration configuration,
      ComputeType type,
      boolean fused,
      Optional<LowRankAdapters> adapters) {
    Map<String, Object> constants = new LinkedHashMap<>();
    AttentionOptions attention = configuration.attention();
    constants.put("layers", (long) configuration.layers());
    constants.put("heads", (long) configuration.heads());
    constants.put("key_value_heads", (long) configuration.keyValueHeads());
    constants.put("head_dimension", (long) configuration.headDimension());
    constants.put("norm_epsilon", configuration.normEpsilon());
    constants.put("activation", (long) configuration.activation().code());
    constants.put("minus_infinity", Double.NEGATIVE_INFINITY);
    constants.put("rotary", configuration.rope().isPresent());
    constants.put(
        "head_scale",
        attention.scaledByHead() ? 1 / Math.sqrt(configuration.headDimension()) : 1.0);
    constants.put("scaled_by_layer", attention.scaledByLayer());
    constants.put("window", (long) attention.window());
    constants.put("windowed", attention.windowed().stream().map(on -> on ? 1L : 0L).toList());
    adapters(configuration, adapters, constants);
    constants.put("fused", fused);
    constants.put("half", type == ComputeType.BFLOAT16);
    constants.put("on_gpu", ComputeDevice.isGpu());
    constants.put("classifier", configuration.classifier());
    layout(configuration, constants);
    return constants;
  }

  private static void adapters(
      TransformerConfiguration configuration,
      Optional<LowRankAdapters> adapters,
      Map<String, Object> constants) {
    long tensors = configuration.tensors().size();
    List<AdaptableMatrix> targets =
        adapters.map(found -> found.targets(configuration)).orElse(List.of());
    List<Long> at = new ArrayList<>();
    for (int i = 0; i < MOST_LAYER_TENSORS; i++) {
      at.add(-1L);
    }
    for (int i = 0; i < targets.size(); i++) {
      at.set(targets.get(i).index(), 2L * i); // A, and B after it
    }
    constants.put("base_tensors", tensors);
    constants.put("first_trained", adapters.isPresent() ? tensors : 0L);
    constants.put("adapters", adapters.isPresent() ? tensors : 0L);
    constants.put("adapter_stride", 2L * targets.size());
    constants.put("adapter_at", at);
    constants.put("adapter_scale", adapters.map(LowRankAdapters::scale).orElse(0.0));
    constants.put("input_first", configuration.architecture().inputFirst());
  }

  /** The embedding where the two are tied; otherwise the last tensor. */
  static int headIndex(TransformerConfiguration configuration) {
    boolean own = !configuration.tieWordEmbeddings() && !configuration.classifier();
    return own ? configuration.tensors().size() - 1 : 0;
  }

  private static void layout(
      TransformerConfiguration configuration, Map<String, Object> constants) {
    AttentionOptions attention = configuration.attention();
    boolean learnedPositions = configuration.architecture() instanceof Gpt2Architecture;
    List<TensorSpecification> tensors = configuration.tensors();
    boolean ownHead = configuration.classifier() || !configuration.tieWordEmbeddings();
    int firstLayer = learnedPositions ? 2 : 1;
    int finalNorms = learnedPositions ? 2 : 1;
    int layerTensors = tensors.size() - firstLayer - finalNorms - (ownHead ? 1 : 0);
    int stride = layerTensors / configuration.layers();
    constants.put("first_layer", (long) firstLayer);
    constants.put("stride", (long) stride);
    constants.put("final", (long) firstLayer + layerTensors);
    constants.put("head_index", (long) headIndex(configuration));
    int next = ROTARY_MATRICES_AND_NORMS;
    constants.put("input_bias", attention.inputBias() ? (long) next : 0L);
    next += attention.inputBias() ? 3 : 0;
    constants.put("output_bias", attention.outputBias() ? (long) next : 0L);
    next += attention.outputBias() ? 1 : 0;
    constants.put("feed_forward_bias", configuration.feedForwardBias() ? (long) next : 0L);
    next += configuration.feedForwardBias() ? 3 : 0;
    constants.put("query_key_norms", attention.queryKeyNorms() ? (long) next : 0L);
  }
}
