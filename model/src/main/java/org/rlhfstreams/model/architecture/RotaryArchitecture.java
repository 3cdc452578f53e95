package org.rlhfstreams.model.architecture;

import static org.rlhfstreams.model.architecture.LayerTensor.matrix;
import static org.rlhfstreams.model.architecture.LayerTensor.vector;

import java.util.List;

/** What Llama and the architectures derived from it share: tensors, their names, and the script. */
interface RotaryArchitecture extends Architecture {

  /** What its names in {@code architectures} begin with. */
  String family();

  @Override
  default String languageModelName() {
    return family() + "ForCausalLM";
  }

  @Override
  default String classifierName() {
    return family() + "ForSequenceClassification";
  }

  @Override
  default String bodyPrefix() {
    return "model.";
  }

  @Override
  default String script() {
    return "rotary.py";
  }

  @Override
  default String layerPrefix(int layer) {
    return "model.layers." + layer + ".";
  }

  @Override
  default boolean rootMeanSquareNorms() {
    return true;
  }

  @Override
  default boolean gatedFeedForward() {
    return true;
  }

  @Override
  default List<TensorSpecification> embeddings(TransformerConfiguration configuration) {
    return List.of(
        TensorSpecification.of(
            "model.embed_tokens.weight",
            configuration.vocabularySize(),
            configuration.hiddenSize()));
  }

  @Override
  default LayerLayout layer(TransformerConfiguration configuration) {
    long hidden = configuration.hiddenSize();
    long queries = (long) configuration.heads() * configuration.headDimension();
    long keys = (long) configuration.keyValueHeads() * configuration.headDimension();
    long inner = configuration.intermediateSize();
    long dimension = configuration.headDimension();
    AttentionOptions attention = configuration.attention();
    boolean feedForwardBias = configuration.feedForwardBias();
    return LayerLayout.of(
        vector("input_layernorm.weight", hidden),
        matrix("self_attn.q_proj", MatrixInput.ATTENTION_NORM, hidden, queries),
        matrix("self_attn.k_proj", MatrixInput.ATTENTION_NORM, hidden, keys),
        matrix("self_attn.v_proj", MatrixInput.ATTENTION_NORM, hidden, keys),
        matrix("self_attn.o_proj", MatrixInput.HEADS, queries, hidden),
        vector("post_attention_layernorm.weight", hidden),
        matrix("mlp.gate_proj", MatrixInput.FEED_FORWARD_NORM, hidden, inner),
        matrix("mlp.up_proj", MatrixInput.FEED_FORWARD_NORM, hidden, inner),
        matrix("mlp.down_proj", MatrixInput.INNER, inner, hidden),
        vector("self_attn.q_proj.bias", queries).presentIf(attention.inputBias()),
        vector("self_attn.k_proj.bias", keys).presentIf(attention.inputBias()),
        vector("self_attn.v_proj.bias", keys).presentIf(attention.inputBias()),
        vector("self_attn.o_proj.bias", hidden).presentIf(attention.outputBias()),
        vector("mlp.gate_proj.bias", inner).presentIf(feedForwardBias),
        vector("mlp.up_proj.bias", inner).presentIf(feedForwardBias),
        vector("mlp.down_proj.bias", hidden).presentIf(feedForwardBias),
        vector("self_attn.q_norm.weight", dimension).presentIf(attention.queryKeyNorms()),
        vector("self_attn.k_norm.weight", dimension).presentIf(attention.queryKeyNorms()));
  }

  @Override
  default List<TensorSpecification> finalNorm(TransformerConfiguration configuration) {
    return List.of(TensorSpecification.of("model.norm.weight", configuration.hiddenSize()));
  }
}
