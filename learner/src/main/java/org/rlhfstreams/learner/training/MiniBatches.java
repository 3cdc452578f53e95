package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.rlhfstreams.learner.data.EpochOrder;

/**
 * The rule by which a batch is cut into equal mini-batches, in another order each epoch.
 *
 * @param count mini-batches of an epoch
 * @param epochs passes over a batch
 * @param seed of the orders
 */
record MiniBatches(int count, int epochs, long seed) {
  /** Updates that a batch of so many rows has in all epochs. */
  int updates(int rows) {
    return epochs * (count == 1 ? 1 : (rows + size(rows) - 1) / size(rows));
  }

  private int size(int rows) {
    return Math.max(1, rows / count);
  }

  /**
   * Row numbers of each mini-batch of an epoch.
   *
   * @param rows of the batch
   * @param steps learned before this batch
   */
  List<int[]> of(int rows, long steps, int epoch) {
    if (count == 1) {
      return List.of(IntStream.range(0, rows).toArray());
    }
    int[] order = new EpochOrder(rows, seed + steps * epochs).of(epoch);
    int size = size(rows);
    List<int[]> parts = new ArrayList<>();
    for (int from = 0; from < rows; from += size) {
      parts.add(Arrays.copyOfRange(order, from, Math.min(rows, from + size)));
    }
    return parts;
  }
}
