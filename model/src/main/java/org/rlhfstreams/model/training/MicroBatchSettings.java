package org.rlhfstreams.model.training;

/**
 * How a pass is cut into pieces. Results do not depend on it, only memory and speed do.
 *
 * @param tokens padded tokens of one micro-batch, at most (a single longer row is taken alone)
 * @param retainedTokens a pass of at most so many padded tokens keeps its graphs for the backward
 *     pass; a larger one computes each micro-batch's forward again
 * @param headRows tokens whose logits exist at once
 */
public record MicroBatchSettings(int tokens, int retainedTokens, int headRows) {
  /** Settings that suit models of a few million parameters on a CPU. */
  public static final MicroBatchSettings DEFAULT = new MicroBatchSettings(2048, 8192, 512);

  public MicroBatchSettings {
    if (tokens < 1 || retainedTokens < 0 || headRows < 1) {
      throw new IllegalArgumentException("micro-batch settings must be positive");
    }
  }
}
