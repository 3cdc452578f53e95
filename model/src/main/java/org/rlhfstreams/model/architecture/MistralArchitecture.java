package org.rlhfstreams.model.architecture;

import java.util.Collections;

/** Mistral: Llama with a sliding window in every layer (Jiang et al. 2023, section 2). */
public record MistralArchitecture() implements RotaryArchitecture {
  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public String family() {
    return "Mistral";
  }

  @Override
  public TransformerConfiguration read(ConfigurationFields fields, boolean classifier) {
    if (fields.has("layer_types")) {
      throw fields.bad("layer_types", "is set, which is not supported for Mistral");
    }
    RotaryFields rotary = new RotaryFields(fields);
    int layers = fields.layers("num_hidden_layers");
    int window = fields.mentions("sliding_window") ? rotary.windowSize() : 4096;
    AttentionOptions attention =
        AttentionOptions.full(false, false, layers)
            .withWindow(window, Collections.nCopies(layers, window > 0));
    return rotary.read(this, classifier, 8, 0, attention, false);
  }
}
