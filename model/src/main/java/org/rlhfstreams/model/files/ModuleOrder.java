package org.rlhfstreams.model.files;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order in which transformers goes through a model's tensors when it splits them over files.
 * Only a layer's own order differs from the decoder's, and only where attention stands before the
 * norms.
 */
final class ModuleOrder {
  private static final Pattern LAYER = Pattern.compile("(.*\\.layers\\.\\d+\\.)(.*)\\.(\\w+)");
  private static final List<String> MODULES =
      List.of(
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "self_attn.q_norm",
          "self_attn.k_norm",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj",
          "input_layernorm",
          "post_attention_layernorm");

  private ModuleOrder() {}

  /**
   * @param tensors in the decoder's order: each layer's together
   */
  static List<TensorSource> of(List<TensorSource> tensors) {
    List<TensorSource> ordered = new ArrayList<>(tensors);
    int from = 0;
    while (from < ordered.size()) {
      String layer = layer(ordered.get(from));
      int to = from + 1;
      while (to < ordered.size() && !layer.isEmpty() && layer(ordered.get(to)).equals(layer)) {
        to++;
      }
      ordered.subList(from, to).sort(Comparator.comparingInt(ModuleOrder::rank));
      from = to;
    }
    return ordered;
  }

  private static String layer(TensorSource tensor) {
    Matcher matcher = LAYER.matcher(tensor.specification().name());
    return matcher.matches() ? matcher.group(1) : "";
  }

  private static int rank(TensorSource tensor) {
    Matcher matcher = LAYER.matcher(tensor.specification().name());
    if (!matcher.matches()) {
      return 0;
    }
    int bias = matcher.group(3).equals("bias") ? 1 : 0;
    return 2 * MODULES.indexOf(matcher.group(2)) + bias;
  }
}
