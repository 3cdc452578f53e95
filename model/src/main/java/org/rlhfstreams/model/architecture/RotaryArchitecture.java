package org.rlhfstreams.model.architecture;

import java.util.List;

/** What Llama and the architectures derived from it share: tensors, their names, and the script. */
sealed interface RotaryArchitecture extends Architecture
    permits LlamaArchitecture, MistralArchitecture, Qwen2Architecture, Qwen3Architecture {

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
    return RotaryTensors.layerPrefix(layer);
  }

  @Override
  default List<AdaptableMatrix> adaptable(TransformerConfiguration configuration) {
    return RotaryTensors.adaptable(configuration);
  }

  @Override
  default List<TensorSpecification> tensors(TransformerConfiguration configuration) {
    return RotaryTensors.of(configuration);
  }
}
