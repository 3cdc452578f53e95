package org.rlhfstreams.model.architecture;

import static org.rlhfstreams.model.architecture.LayerTensor.matrix;
import static org.rlhfstreams.model.architecture.LayerTensor.vector;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * GPT-2 (Radford et al. 2019): learned positions, layer norms with biases, one matrix for queries,
 * keys and values. Its matrices are stored input-first, [in, out].
 */
public record Gpt2Architecture() implements Architecture {
  @Override
  public String modelType() {
    return "gpt2";
  }

  @Override
  public String languageModelName() {
    return "GPT2LMHeadModel";
  }

  @Override
  public String classifierName() {
    return "GPT2ForSequenceClassification";
  }

  @Override
  public String bodyPrefix() {
    return "transformer.";
  }

  @Override
  public String script() {
    return "gpt2.py";
  }

  @Override
  public TransformerConfiguration read(ConfigurationFields fields, boolean classifier) {
    if (fields.flag("add_cross_attention", false)) {
      throw fields.bad("add_cross_attention", "is true, which is not supported");
    }
    int hidden = fields.positive("n_embd");
    int heads = fields.positive("n_head");
    int layers = fields.layers("n_layer");
    if (hidden % heads != 0) {
      throw fields.bad("n_head", "is " + heads + ", which does not divide n_embd " + hidden);
    }
    return new TransformerConfiguration(
        this,
        classifier,
        fields.positive("vocab_size"),
        hidden,
        fields.positive("n_inner", 4 * hidden),
        layers,
        heads,
        heads,
        hidden / heads,
        new AttentionOptions(
            true,
            true,
            false,
            0,
            Collections.nCopies(layers, false),
            fields.flag("scale_attn_weights", true),
            fields.flag("scale_attn_by_inverse_layer_idx", false)),
        true,
        fields.activation("activation_function", "gelu_new"),
        fields.number("layer_norm_epsilon", 1e-5),
        Optional.empty(),
        fields.positive("n_positions", 1024),
        fields.flag("tie_word_embeddings", true),
        fields.endOfSequence());
  }

  @Override
  public String layerPrefix(int layer) {
    return "transformer.h." + layer + ".";
  }

  @Override
  public Set<String> defaultAdapterTargets() {
    return Set.of("c_attn");
  }

  @Override
  public boolean inputFirst() {
    return true;
  }

  @Override
  public boolean rootMeanSquareNorms() {
    return false;
  }

  @Override
  public boolean gatedFeedForward() {
    return false;
  }

  @Override
  public List<TensorSpecification> embeddings(TransformerConfiguration configuration) {
    long hidden = configuration.hiddenSize();
    return List.of(
        TensorSpecification.of("transformer.wte.weight", configuration.vocabularySize(), hidden),
        TensorSpecification.of("transformer.wpe.weight", configuration.maxPositions(), hidden));
  }

  @Override
  public LayerLayout layer(TransformerConfiguration configuration) {
    long hidden = configuration.hiddenSize();
    long inner = configuration.intermediateSize();
    return LayerLayout.of(
        vector("ln_1.weight", hidden),
        vector("ln_1.bias", hidden),
        matrix("attn.c_attn", MatrixInput.ATTENTION_NORM, hidden, 3 * hidden).inputFirst(),
        vector("attn.c_attn.bias", 3 * hidden),
        matrix("attn.c_proj", MatrixInput.HEADS, hidden, hidden).inputFirst(),
        vector("attn.c_proj.bias", hidden),
        vector("ln_2.weight", hidden),
        vector("ln_2.bias", hidden),
        matrix("mlp.c_fc", MatrixInput.FEED_FORWARD_NORM, hidden, inner).inputFirst(),
        vector("mlp.c_fc.bias", inner),
        matrix("mlp.c_proj", MatrixInput.INNER, inner, hidden).inputFirst(),
        vector("mlp.c_proj.bias", hidden));
  }

  @Override
  public List<TensorSpecification> finalNorm(TransformerConfiguration configuration) {
    long hidden = configuration.hiddenSize();
    return List.of(
        TensorSpecification.of("transformer.ln_f.weight", hidden),
        TensorSpecification.of("transformer.ln_f.bias", hidden));
  }
}
