package org.rlhfstreams.model.architecture;

import java.util.Collections;
import java.util.List;

/**
 * What differs in attention from one architecture to the next.
 *
 * @param inputBias whether the query, key and value projections have biases
 * @param outputBias whether the output projection has a bias
 * @param queryKeyNorms whether each head's queries and keys are normalised before rotation
 * @param window tokens that a windowed layer sees, its own included; 0 where no layer is windowed
 * @param windowed which layers see the window alone; one entry a layer
 * @param scaledByHead whether scores are divided by the root of the head dimension
 * @param scaledByLayer whether layer l's scores are divided by l + 1 as well
 */
public record AttentionOptions(
    boolean inputBias,
    boolean outputBias,
    boolean queryKeyNorms,
    int window,
    List<Boolean> windowed,
    boolean scaledByHead,
    boolean scaledByLayer) {
  public AttentionOptions {
    windowed = List.copyOf(windowed);
  }

  /** Full attention in every layer, scaled by the head dimension. */
  static AttentionOptions full(boolean inputBias, boolean outputBias, int layers) {
    return new AttentionOptions(
        inputBias, outputBias, false, 0, Collections.nCopies(layers, false), true, false);
  }

  AttentionOptions withQueryKeyNorms() {
    return new AttentionOptions(
        inputBias, outputBias, true, window, windowed, scaledByHead, scaledByLayer);
  }

  AttentionOptions withWindow(int tokens, List<Boolean> layers) {
    return new AttentionOptions(
        inputBias, outputBias, queryKeyNorms, tokens, layers, scaledByHead, scaledByLayer);
  }
}
