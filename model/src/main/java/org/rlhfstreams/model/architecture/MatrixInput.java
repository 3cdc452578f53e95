package org.rlhfstreams.model.architecture;

/**
 * What a matrix of a layer is multiplied with. Matrices with the same input share what the backward
 * pass keeps of it.
 */
public enum MatrixInput {
  /** The layer's input after the first norm: queries, keys and values come from it. */
  ATTENTION_NORM(false),
  /** The outputs of all heads. */
  HEADS(true),
  /** The input of the feed-forward part after its norm. */
  FEED_FORWARD_NORM(false),
  /** What the activation gives. */
  INNER(true);

  private final boolean towardsResidual;

  MatrixInput(boolean towardsResidual) {
    this.towardsResidual = towardsResidual;
  }

  /** Whether the product is added to the residual stream. */
  public boolean towardsResidual() {
    return towardsResidual;
  }
}
