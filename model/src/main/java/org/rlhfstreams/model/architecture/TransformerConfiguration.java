package org.rlhfstreams.model.architecture;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The architecture that a {@code config.json} describes.
 *
 * @param classifier true for a reward model: a score head in place of the language-model head
 * @param feedForwardBias whether the feed-forward projections have biases
 * @param rope how positions turn queries and keys; empty where positions have learned embeddings
 * @param maxPositions longest sequence, in tokens
 * @param endOfSequence ids that finish a response; may be empty
 */
public record TransformerConfiguration(
    Architecture architecture,
    boolean classifier,
    int vocabularySize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headDimension,
    AttentionOptions attention,
    boolean feedForwardBias,
    Activation activation,
    double normEpsilon,
    Optional<Rope> rope,
    int maxPositions,
    boolean tieWordEmbeddings,
    Set<Integer> endOfSequence) {
  public TransformerConfiguration {
    endOfSequence = Set.copyOf(endOfSequence);
  }

  /** The same architecture with a score head in place of the language-model head. */
  public TransformerConfiguration asClassifier() {
    return with(true, tieWordEmbeddings);
  }

  /** The same architecture with a language-model head that is not its embedding. */
  public TransformerConfiguration withOwnHead() {
    return with(classifier, false);
  }

  private TransformerConfiguration with(boolean score, boolean tied) {
    return new TransformerConfiguration(
        architecture,
        score,
        vocabularySize,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        keyValueHeads,
        headDimension,
        attention,
        feedForwardBias,
        activation,
        normEpsilon,
        rope,
        maxPositions,
        tied,
        endOfSequence);
  }

  /** The tensors of each layer. */
  public LayerLayout layer() {
    return architecture.layer(this);
  }

  /** The tensors that it asks for, in the order that the decoder takes them. */
  public List<TensorSpecification> tensors() {
    return architecture.tensors(this);
  }

  /** Elements of all tensors. */
  public long parameters() {
    return tensors().stream().mapToLong(TensorSpecification::size).sum();
  }
}
