package org.rlhfstreams.topology.comparisons;

/**
 * The rule when the next question is a gold one: as soon as the share allows one more.
 *
 * @param share of gold questions among those opened, in [0, 1)
 */
record GoldShare(double share) {
  private static final double ROUNDING = 1e-9;

  /**
   * Whether the next question opened is a gold one.
   *
   * @param opened questions opened so far, gold ones included
   * @param gold of them gold
   */
  boolean isDue(long opened, long gold) {
    return gold + 1 <= share * (opened + 1) + ROUNDING;
  }
}
