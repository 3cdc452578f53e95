package org.rlhfstreams.model.architecture;

import java.util.List;
import java.util.Set;

/** A family of models: what its {@code config.json} can say, and which tensors it has. */
public sealed interface Architecture permits RotaryArchitecture, Gpt2Architecture {

  /** {@code model_type} in {@code config.json}. */
  String modelType();

  /** The entry of {@code architectures} for a language model. */
  String languageModelName();

  /** The entry of {@code architectures} for a model with a score head. */
  String classifierName();

  /** What stands before a tensor's name, and is missing in files of the body alone. */
  String bodyPrefix();

  /** Name of the script fragment, beside the decoder's own, that computes a layer. */
  String script();

  /** Reads the options, and refuses by name what is not supported. */
  TransformerConfiguration read(ConfigurationFields fields, boolean classifier);

  /** What stands before the names of a layer's tensors. */
  String layerPrefix(int layer);

  /** The matrices of a layer that adapters can change. */
  List<AdaptableMatrix> adaptable(TransformerConfiguration configuration);

  /** Modules that have an adapter where no others are named: queries and values, as in PEFT. */
  default Set<String> defaultAdapterTargets() {
    return Set.of("q_proj", "v_proj");
  }

  /** Whether matrices are stored input-first, [inputs, outputs]. */
  default boolean inputFirst() {
    return false;
  }

  /** Names and shapes: embeddings, then each layer's tensors, the final norm, and the head. */
  List<TensorSpecification> tensors(TransformerConfiguration configuration);
}
