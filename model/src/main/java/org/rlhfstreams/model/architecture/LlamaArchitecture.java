package org.rlhfstreams.model.architecture;

/** Llama 1 to 3.2, SmolLM2 and others of their shape (Touvron et al. 2023). */
public record LlamaArchitecture() implements RotaryArchitecture {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public String family() {
    return "Llama";
  }

  @Override
  public TransformerConfiguration read(ConfigurationFields fields, boolean classifier) {
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
}
