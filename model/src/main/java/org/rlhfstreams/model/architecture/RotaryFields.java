package org.rlhfstreams.model.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** The options that Llama and the architectures derived from it share. */
final class RotaryFields {
  private static final double DEFAULT_THETA = 10_000;

  private final ConfigurationFields fields;

  RotaryFields(ConfigurationFields fields) {
    this.fields = fields;
  }

  /**
   * @param keyValueHeads where the file has none
   * @param headDimension where the file has none; 0 divides the hidden size among the heads
   */
  TransformerConfiguration read(
      Architecture architecture,
      boolean classifier,
      int keyValueHeads,
      int headDimension,
      AttentionOptions attention,
      boolean feedForwardBias) {
    int hidden = fields.positive("hidden_size");
    int heads = fields.positive("num_attention_heads");
    int sharedHeads =
        fields.positive("num_key_value_heads", keyValueHeads == 0 ? heads : keyValueHeads);
    fields.requireShared(heads, sharedHeads);
    int dimension =
        fields.positive("head_dim", headDimension == 0 ? hidden / heads : headDimension);
    if (dimension % 2 != 0 || dimension == 0) {
      throw fields.bad("head_dim", "is " + dimension + "; rotary embeddings need an even one");
    }
    Rope rope = rope();
    return new TransformerConfiguration(
        architecture,
        classifier,
        fields.positive("vocab_size"),
        hidden,
        fields.positive("intermediate_size"),
        fields.layers("num_hidden_layers"),
        heads,
        sharedHeads,
        dimension,
        attention,
        feedForwardBias,
        fields.activation("hidden_act", "silu"),
        fields.number("rms_norm_eps", 1e-6),
        Optional.of(rope),
        rope.scaling().reach(fields.positive("max_position_embeddings")),
        fields.flag("tie_word_embeddings", false),
        fields.endOfSequence());
  }

  /** Which layers see a window alone, as Qwen's files say it. */
  AttentionOptions withLayerTypes(AttentionOptions attention) {
    int layers = fields.layers("num_hidden_layers");
    boolean used = fields.flag("use_sliding_window", false);
    int window = used && fields.mentions("sliding_window") ? windowSize() : used ? 4096 : 0;
    List<Boolean> windowed = new ArrayList<>();
    if (fields.has("layer_types")) {
      fields.get("layer_types").forEach(type -> windowed.add(isWindowed(type.asText())));
      if (windowed.size() != layers) {
        throw fields.bad(
            "layer_types",
            String.format(Locale.ROOT, "has %d entries for %d layers", windowed.size(), layers));
      }
    } else {
      int first = fields.positive("max_window_layers", 28);
      IntStream.range(0, layers).forEach(layer -> windowed.add(window > 0 && layer >= first));
    }
    if (window == 0 && windowed.contains(true)) {
      throw fields.bad(
          "layer_types", "names sliding_attention, but use_sliding_window is not true");
    }
    return attention.withWindow(windowed.contains(true) ? window : 0, windowed);
  }

  private boolean isWindowed(String type) {
    return switch (type) {
      case "full_attention" -> false;
      case "sliding_attention" -> true;
      default ->
          throw fields.bad(
              "layer_types",
              "has \"" + type + "\"; supported are full_attention and sliding_attention");
    };
  }

  int windowSize() {
    return fields.has("sliding_window") ? fields.positive("sliding_window") : 0;
  }

  /** {@code rope_parameters} of transformers 5, or {@code rope_theta} and {@code rope_scaling}. */
  private Rope rope() {
    String key = fields.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
    ConfigurationFields rope = fields.nested(key);
    if (rope.mentions("full_attention") || rope.mentions("sliding_attention")) {
      throw fields.bad(key, "differs by layer type, which is not supported");
    }
    if (rope.number("partial_rotary_factor", 1) != 1) {
      throw fields.bad(key, "has a partial_rotary_factor, which is not supported");
    }
    double theta = rope.number("rope_theta", fields.number("rope_theta", DEFAULT_THETA));
    return new Rope(theta, scaling(key, rope));
  }

  private RopeScaling scaling(String key, ConfigurationFields rope) {
    String type = rope.get("rope_type").asText(rope.get("type").asText("default"));
    int positions = fields.positive("max_position_embeddings");
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(required(rope, "factor"));
      case "dynamic" -> new RopeScaling.Dynamic(required(rope, "factor"), positions);
      case "llama3" ->
          new RopeScaling.Llama3(
              required(rope, "factor"),
              required(rope, "low_freq_factor"),
              required(rope, "high_freq_factor"),
              rope.positive("original_max_position_embeddings", positions));
      case "yarn" -> yarn(rope, positions);
      default ->
          throw fields.bad(
              key,
              "has rope_type \""
                  + type
                  + "\"; supported are default, linear, dynamic, llama3 and yarn");
    };
  }

  private static YarnScaling yarn(ConfigurationFields rope, int positions) {
    int original = rope.positive("original_max_position_embeddings", positions);
    double factor = rope.number("factor", (double) positions / original);
    double magnitude = YarnScaling.magnitude(factor, 1);
    if (rope.has("mscale") && rope.has("mscale_all_dim")) {
      magnitude =
          YarnScaling.magnitude(factor, rope.number("mscale", 1))
              / YarnScaling.magnitude(factor, rope.number("mscale_all_dim", 1));
    }
    return new YarnScaling(
        factor,
        original,
        rope.number("beta_fast", 32),
        rope.number("beta_slow", 1),
        rope.flag("truncate", true),
        rope.number("attention_factor", magnitude));
  }

  private static double required(ConfigurationFields rope, String field) {
    if (!rope.has(field)) {
      throw rope.bad(field, "is missing");
    }
    return rope.number(field, 0);
  }
}
