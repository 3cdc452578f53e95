package org.rlhfstreams.model.architecture;

import java.util.ArrayList;
import java.util.List;

/** The tensors of Llama and the architectures derived from it, in the order of their script. */
final class RotaryTensors {
  private final TransformerConfiguration configuration;
  private final List<TensorSpecification> tensors = new ArrayList<>();

  private RotaryTensors(TransformerConfiguration configuration) {
    this.configuration = configuration;
  }

  static List<TensorSpecification> of(TransformerConfiguration configuration) {
    RotaryTensors expected = new RotaryTensors(configuration);
    expected.addAll();
    return List.copyOf(expected.tensors);
  }

  static String layerPrefix(int layer) {
    return "model.layers." + layer + ".";
  }

  static List<AdaptableMatrix> adaptable(TransformerConfiguration configuration) {
    int hidden = configuration.hiddenSize();
    int queries = configuration.heads() * configuration.headDimension();
    int keys = configuration.keyValueHeads() * configuration.headDimension();
    int inner = configuration.intermediateSize();
    return List.of(
        new AdaptableMatrix("self_attn.q_proj", hidden, queries, 1),
        new AdaptableMatrix("self_attn.k_proj", hidden, keys, 2),
        new AdaptableMatrix("self_attn.v_proj", hidden, keys, 3),
        new AdaptableMatrix("self_attn.o_proj", queries, hidden, 4),
        new AdaptableMatrix("mlp.gate_proj", hidden, inner, 6),
        new AdaptableMatrix("mlp.up_proj", hidden, inner, 7),
        new AdaptableMatrix("mlp.down_proj", inner, hidden, 8));
  }

  private void addAll() {
    long hidden = configuration.hiddenSize();
    add("model.embed_tokens.weight", configuration.vocabularySize(), hidden);
    for (int layer = 0; layer < configuration.layers(); layer++) {
      addLayer(layerPrefix(layer));
    }
    add("model.norm.weight", hidden);
    if (configuration.classifier()) {
      add("score.weight", 1, hidden);
    } else if (!configuration.tieWordEmbeddings()) {
      add("lm_head.weight", configuration.vocabularySize(), hidden);
    }
  }

  private void addLayer(String layer) {
    long hidden = configuration.hiddenSize();
    long queries = (long) configuration.heads() * configuration.headDimension();
    long keys = (long) configuration.keyValueHeads() * configuration.headDimension();
    long inner = configuration.intermediateSize();
    add(layer + "input_layernorm.weight", hidden);
    add(layer + "self_attn.q_proj.weight", queries, hidden);
    add(layer + "self_attn.k_proj.weight", keys, hidden);
    add(layer + "self_attn.v_proj.weight", keys, hidden);
    add(layer + "self_attn.o_proj.weight", hidden, queries);
    add(layer + "post_attention_layernorm.weight", hidden);
    add(layer + "mlp.gate_proj.weight", inner, hidden);
    add(layer + "mlp.up_proj.weight", inner, hidden);
    add(layer + "mlp.down_proj.weight", hidden, inner);
    AttentionOptions attention = configuration.attention();
    if (attention.inputBias()) {
      add(layer + "self_attn.q_proj.bias", queries);
      add(layer + "self_attn.k_proj.bias", keys);
      add(layer + "self_attn.v_proj.bias", keys);
    }
    if (attention.outputBias()) {
      add(layer + "self_attn.o_proj.bias", hidden);
    }
    if (configuration.feedForwardBias()) {
      add(layer + "mlp.gate_proj.bias", inner);
      add(layer + "mlp.up_proj.bias", inner);
      add(layer + "mlp.down_proj.bias", hidden);
    }
    if (attention.queryKeyNorms()) {
      add(layer + "self_attn.q_norm.weight", configuration.headDimension());
      add(layer + "self_attn.k_norm.weight", configuration.headDimension());
    }
  }

  private void add(String name, long... shape) {
    tensors.add(TensorSpecification.of(name, shape));
  }
}
