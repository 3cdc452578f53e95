package org.rlhfstreams.model.architecture;

/**
 * Qwen3: queries and keys are normalised head by head; heads of 128 dimensions unless it says
 * otherwise.
 */
public record Qwen3Architecture() implements RotaryArchitecture {
  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public String family() {
    return "Qwen3";
  }

  @Override
  public TransformerConfiguration read(ConfigurationFields fields, boolean classifier) {
    RotaryFields rotary = new RotaryFields(fields);
    boolean bias = fields.flag("attention_bias", false);
    AttentionOptions attention =
        rotary.withLayerTypes(
            AttentionOptions.full(bias, bias, fields.layers("num_hidden_layers"))
                .withQueryKeyNorms());
    return rotary.read(this, classifier, 0, 128, attention, false);
  }
}
