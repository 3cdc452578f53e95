package org.rlhfstreams.model.architecture;

import java.util.List;

/**
 * Qwen3: queries and keys are normalised head by head; heads of 128 dimensions unless it says
 * otherwise.
 */
public record Qwen3Architecture() implements Architecture {
  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public String languageModelName() {
    return "Qwen3ForCausalLM";
  }

  @Override
  public String classifierName() {
    return "Qwen3ForSequenceClassification";
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
    RotaryFields rotary = new RotaryFields(fields);
    boolean bias = fields.flag("attention_bias", false);
    AttentionOptions attention =
        rotary.withLayerTypes(
            AttentionOptions.full(bias, bias, fields.layers("num_hidden_layers"))
                .withQueryKeyNorms());
    return rotary.read(this, classifier, 0, 128, attention, false);
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
