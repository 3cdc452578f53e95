package org.rlhfstreams.learner.data;

/**
 * The order in which a number of examples is visited: shuffled anew in each epoch by the seed
 * alone, so that a resumed run goes on where it was.
 */
public final class EpochOrder {
  private final int size;
  private final long seed;

  public EpochOrder(int size, long seed) {
    this.size = size;
    this.seed = seed;
  }

  /** Indices of the examples in the order of an epoch, counted from 0. */
  public int[] of(int epoch) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    java.util.Random random = new java.util.Random(seed * 1_000_003L + epoch);
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }
}
