package org.rlhfstreams.model.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * The rule by which sequences of different lengths are put together: so that padding and the fixed
 * cost of each batch are smallest in all. Batches are of 8, 16, 32 … sequences where they can be:
 * native code compiles its products for each shape, and shapes that come again cost nothing.
 */
final class LengthBuckets {
  // What a batch costs beside its tokens, in tokens: a few hundred small operations.
  private static final long FIXED_COST = 256;
  private static final int FEWEST = 8;

  private LengthBuckets() {}

  /**
   * Cuts sequences into runs.
   *
   * @param lengths tokens of each, longest first
   * @param most padded tokens of a run, at most; a single longer sequence is taken alone
   * @param together whether two sequences, by index, may be in one run
   * @return the end of each run, an index, exclusive
   */
  static int[] ends(int[] lengths, int most, BiPredicate<Integer, Integer> together) {
    int count = lengths.length;
    long[] cost = new long[count + 1];
    int[] from = new int[count + 1];
    for (int end = 1; end <= count; end++) {
      cost[end] = Long.MAX_VALUE;
      for (int start = end - 1; start >= 0; start--) {
        long padded = (long) (end - start) * lengths[start];
        boolean fits = padded <= most || end - start == 1;
        if (!fits || !together.test(start, end - 1)) {
          break; // more sequences, and longer ones, fit no better
        }
        long whole = cost[start] + padded + FIXED_COST + (usual(end - start) ? 0 : FIXED_COST);
        if (whole < cost[end]) {
          cost[end] = whole;
          from[end] = start;
        }
      }
    }
    List<Integer> ends = new ArrayList<>();
    for (int end = count; end > 0; end = from[end]) {
      ends.add(end);
    }
    Collections.reverse(ends);
    return ends.stream().mapToInt(Integer::intValue).toArray();
  }

  private static boolean usual(int sequences) {
    return sequences >= FEWEST && Integer.bitCount(sequences) == 1;
  }
}
