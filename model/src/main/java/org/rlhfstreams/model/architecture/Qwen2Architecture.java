package org.rlhfstreams.model.architecture;

/**
 * Qwen2 and Qwen2.5: biases on queries, keys and values, windows in the upper layers where asked
 * for.
 */
public record Qwen2Architecture() implements RotaryArchitecture {
  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public String family() {
    return "Qwen2";
  }

  @Override
  public TransformerConfiguration read(ConfigurationFields fields, boolean classifier) {
    RotaryFields rotary = new RotaryFields(fields);
    AttentionOptions attention =
        rotary.withLayerTypes(
            AttentionOptions.full(true, false, fields.layers("num_hidden_layers")));
    return rotary.read(this, classifier, 0, 0, attention, false);
  }
}
