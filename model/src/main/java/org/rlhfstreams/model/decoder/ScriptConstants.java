package org.rlhfstreams.model.decoder;

import static org.rlhfstreams.model.architecture.LayerLayout.MISSING;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.model.architecture.AdaptableMatrix;
import org.rlhfstreams.model.architecture.AttentionOptions;
import org.rlhfstreams.model.architecture.LayerLayout;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.torchscript.ComputeDevice;

/**
 * What the script reads as {@code self.NAME}: the model's sizes and options, and where in the list
 * of weights its layers, adapters and head begin.
 */
final class ScriptConstants {
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
    LayerLayout layout = configuration.layer();
    List<Long> at = new ArrayList<>(Collections.nCopies(layout.size(), (long) MISSING));
    for (int i = 0; i < targets.size(); i++) {
      at.set(layout.position(targets.get(i)), 2L * i); // A, and B after it
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
    constants.put("first_layer", (long) firstLayer(configuration));
    constants.put("stride", (long) configuration.layer().size());
    constants.put("head_index", (long) headIndex(configuration));
  }

  /** Position of the first layer's first tensor among the weights. */
  static int firstLayer(TransformerConfiguration configuration) {
    return configuration.architecture().embeddings(configuration).size();
  }
}
