package org.rlhfstreams.model.architecture;

import java.util.List;

/** Llama 1 to 3.2, SmolLM2 and others of their shape (Touvron et al. 2023). */
public record LlamaArchitecture() implements Architecture {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public String languageModelName() {
    return "LlamaForCausalLM";
  }

  @Override
  public String classifierName() {
    return "LlamaForSequenceClassification";
  }

  @Override
  public String bodyPrefix() {
    return "model.";
  }

  @Override
  public String script() {
    return "rotary.py";
  }

  @Override
  public ModelConfiguration read(ConfigurationFields fields, boolean classifier) {
    boolean bias = fields.flag("attention_bias", false);
    return new RotaryFields(fields)
        .read(
            this,
            classifier,
            0,
            0,
            AttentionOptions.full(bias, bias, fields.layers("num_hidden_layers")),
            fields.flag("mlp_bias", false));
  }

  @Override
  public String layerPrefix(int layer) {
    return RotaryTensors.layerPrefix(layer);
  }

  @Override
  public List<AdaptableMatrix> adaptable(ModelConfiguration configuration) {
    return RotaryTensors.adaptable(configuration);
  }

  @Override
  public List<TensorSpecification> tensors(ModelConfiguration configuration) {
    return RotaryTensors.of(configuration);
  }
}
