package org.rlhfstreams.model.decoder;

/** Sizes of attention that the script, the cache and the prediction of memory agree on. */
public final class AttentionSizes {
  /** Tokens in a block of cached keys and values: the cache grows and is read in whole blocks. */
  public static final int CACHE_BLOCK = 32;

  /**
   * Scores up to which training in bfloat16 on a CPU computes attention by products of matrices
   * rather than by the fused kernel.
   */
  public static final long MOST_SCORES_BY_PRODUCTS = 8388608;

  private AttentionSizes() {}
}
