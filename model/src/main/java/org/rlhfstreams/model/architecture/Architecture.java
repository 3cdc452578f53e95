package org.rlhfstreams.model.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A family of models: what its {@code config.json} can say, and which tensors it has. */
public interface Architecture {

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

  /** Modules that have an adapter where no others are named: queries and values, as in PEFT. */
  default Set<String> defaultAdapterTargets() {
    return Set.of("q_proj", "v_proj");
  }

  /** Whether matrices are stored input-first, [inputs, outputs]. */
  default boolean inputFirst() {
    return false;
  }

  /**
   * Whether norms are by the root mean square, which is computed in float32; else by mean and
   * variance.
   */
  boolean rootMeanSquareNorms();

  /** Whether the feed-forward part multiplies its activation with the product of a third matrix. */
  boolean gatedFeedForward();

  /** What comes before the layers: embeddings of tokens, and of positions if they are learned. */
  List<TensorSpecification> embeddings(TransformerConfiguration configuration);

  /** The tensors of each layer. */
  LayerLayout layer(TransformerConfiguration configuration);

  /** What comes behind the layers, before the head. */
  List<TensorSpecification> finalNorm(TransformerConfiguration configuration);

  /** Names and shapes: embeddings, then each layer's tensors, the final norm, and the head. */
  default List<TensorSpecification> tensors(TransformerConfiguration configuration) {
    List<TensorSpecification> tensors = new ArrayList<>(embeddings(configuration));
    LayerLayout layout = layer(configuration);
    for (int i = 0; i < configuration.layers(); i++) {
      tensors.addAll(layout.tensors(layerPrefix(i)));
    }
    tensors.addAll(finalNorm(configuration));
    long hidden = configuration.hiddenSize();
    if (configuration.classifier()) {
      tensors.add(TensorSpecification.of("score.weight", 1, hidden));
    } else if (!configuration.tieWordEmbeddings()) {
      tensors.add(TensorSpecification.of("lm_head.weight", configuration.vocabularySize(), hidden));
    }
    return List.copyOf(tensors);
  }
}
