package org.rlhfstreams.model.files;

import java.util.Set;

/**
 * The architecture that a {@code config.json} describes.
 *
 * @param classifier true for a reward model: a score head in place of the language-model head
 * @param attentionBias whether the four attention projections have biases
 * @param feedForwardBias whether the three feed-forward projections have biases
 * @param maxPositions longest sequence, in tokens
 * @param endOfSequence ids that finish a response; may be empty
 */
public record ModelConfiguration(
    boolean classifier,
    int vocabularySize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headDimension,
    boolean attentionBias,
    boolean feedForwardBias,
    double normEpsilon,
    double ropeTheta,
    RopeScaling ropeScaling,
    int maxPositions,
    boolean tieWordEmbeddings,
    Set<Integer> endOfSequence) {
  public ModelConfiguration {
    endOfSequence = Set.copyOf(endOfSequence);
  }

  /** The same architecture with a score head in place of the language-model head. */
  public ModelConfiguration asClassifier() {
    return new ModelConfiguration(
        true,
        vocabularySize,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        keyValueHeads,
        headDimension,
        attentionBias,
        feedForwardBias,
        normEpsilon,
        ropeTheta,
        ropeScaling,
        maxPositions,
        tieWordEmbeddings,
        endOfSequence);
  }
}
