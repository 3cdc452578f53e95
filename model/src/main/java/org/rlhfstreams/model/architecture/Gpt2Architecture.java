package org.rlhfstreams.model.architecture;

import java.util.ArrayList;
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
  public List<AdaptableMatrix> adaptable(TransformerConfiguration configuration) {
    int hidden = configuration.hiddenSize();
    int inner = configuration.intermediateSize();
    return List.of(
        new AdaptableMatrix("attn.c_attn", hidden, 3 * hidden, 2),
        new AdaptableMatrix("attn.c_proj", hidden, hidden, 4),
        new AdaptableMatrix("mlp.c_fc", hidden, inner, 8),
        new AdaptableMatrix("mlp.c_proj", inner, hidden, 10));
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
  public List<TensorSpecification> tensors(TransformerConfiguration configuration) {
    long hidden = configuration.hiddenSize();
    long inner = configuration.intermediateSize();
    List<TensorSpecification> tensors = new ArrayList<>();
    tensors.add(
        TensorSpecification.of("transformer.wte.weight", configuration.vocabularySize(), hidden));
    tensors.add(
        TensorSpecification.of("transformer.wpe.weight", configuration.maxPositions(), hidden));
    for (int i = 0; i < configuration.layers(); i++) {
      String layer = layerPrefix(i);
      tensors.add(TensorSpecification.of(layer + "ln_1.weight", hidden));
      tensors.add(TensorSpecification.of(layer + "ln_1.bias", hidden));
      tensors.add(TensorSpecification.of(layer + "attn.c_attn.weight", hidden, 3 * hidden));
      tensors.add(TensorSpecification.of(layer + "attn.c_attn.bias", 3 * hidden));
      tensors.add(TensorSpecification.of(layer + "attn.c_proj.weight", hidden, hidden));
      tensors.add(TensorSpecification.of(layer + "attn.c_proj.bias", hidden));
      tensors.add(TensorSpecification.of(layer + "ln_2.weight", hidden));
      tensors.add(TensorSpecification.of(layer + "ln_2.bias", hidden));
      tensors.add(TensorSpecification.of(layer + "mlp.c_fc.weight", hidden, inner));
      tensors.add(TensorSpecification.of(layer + "mlp.c_fc.bias", inner));
      tensors.add(TensorSpecification.of(layer + "mlp.c_proj.weight", inner, hidden));
      tensors.add(TensorSpecification.of(layer + "mlp.c_proj.bias", hidden));
    }
    tensors.add(TensorSpecification.of("transformer.ln_f.weight", hidden));
    tensors.add(TensorSpecification.of("transformer.ln_f.bias", hidden));
    if (configuration.classifier()) {
      tensors.add(TensorSpecification.of("score.weight", 1, hidden));
    } else if (!configuration.tieWordEmbeddings()) {
      tensors.add(TensorSpecification.of("lm_head.weight", configuration.vocabularySize(), hidden));
    }
    return tensors;
  }
}
