package org.rlhfstreams.model.architecture;

import java.util.List;

/**
 * Qwen2 and Qwen2.5: biases on queries, keys and values, windows in the upper layers where asked
 * for.
 */
public record Qwen2Architecture() implements Architecture {
  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public String languageModelName() {
    return "Qwen2ForCausalLM";
  }

  @Override
  public String classifierName() {
    return "Qwen2ForSequenceClassification";
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
    AttentionOptions attention =
        rotary.withLayerTypes(
            AttentionOptions.full(true, false, fields.layers("num_hidden_layers")));
    return rotary.read(this, classifier, 0, 0, attention, false);
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
