package org.rlhfstreams.model.training;

/**
 * How a pass is cut into pieces. Results do not depend on it, only memory and speed do.
 *
 * @param tokens padded tokens of one micro-batch, at most (a single longer sequence is taken alone)
 * @param retainedTokens a pass of at most so many padded tokens keeps its graphs for the backward
 *     pass; a larger one computes each micro-batch's forward again
 * @param headRows tokens whose logits are computed at once
 * @param keptLogits where a pass that keeps its graphs has no more logits than this, they are kept
 *     as well; otherwise they are computed again
 * @param sharePrompts whether rows with one long prompt read it once
 * @param checkpointLayers whether a layer's inner values are computed again for the backward pass
 *     instead of kept (Chen et al. 2016): a third more arithmetic, a fraction of the memory
 */
public record MicroBatchSettings(
    int tokens,
    int retainedTokens,
    int headRows,
    long keptLogits,
    boolean sharePrompts,
    boolean checkpointLayers) {
  /** Settings that suit models of a few million parameters on a CPU. */
  public static final MicroBatchSettings DEFAULT =
      new MicroBatchSettings(4096, 8192, 512, 128L << 20, true, false);

  public MicroBatchSettings {
    if (tokens < 1 || retainedTokens < 0 || headRows < 1 || keptLogits < 0) {
      throw new IllegalArgumentException("micro-batch settings must be positive");
    }
  }

  /** With layers computed again or not. */
  public MicroBatchSettings withCheckpointLayers(boolean checkpoint) {
    return new MicroBatchSettings(
        tokens, retainedTokens, headRows, keptLogits, sharePrompts, checkpoint);
  }
}
