package org.rlhfstreams.learner.training;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The rows of a mini-batch that count in its loss; the others get gradients of 0.
 *
 * @param positions of these rows in the mini-batch
 * @param members numbers of these rows in the batch
 * @param all rows of the mini-batch
 */
record CountedRows(int[] positions, int[] members, int all) {
  /** All rows of a mini-batch. */
  static CountedRows all(int[] members) {
    return new CountedRows(IntStream.range(0, members.length).toArray(), members, members.length);
  }

  /**
   * Those that fulfil a condition.
   *
   * @param members numbers of the mini-batch's rows in the batch
   * @param counts of the rows of the batch
   */
  static CountedRows where(int[] members, boolean[] counts) {
    int[] positions = IntStream.range(0, members.length).filter(i -> counts[members[i]]).toArray();
    return new CountedRows(
        positions, Arrays.stream(positions).map(i -> members[i]).toArray(), members.length);
  }

  int count() {
    return positions.length;
  }

  /** Their rows among those of the mini-batch. */
  float[][] of(float[][] rows) {
    return Arrays.stream(positions).mapToObj(i -> rows[i]).toArray(float[][]::new);
  }

  /**
   * Their rows, and zeros for the other rows of the mini-batch.
   *
   * @param counted a row for each of them
   * @param like rows of the whole mini-batch, as long as those that come out
   */
  float[][] among(float[][] counted, float[][] like) {
    float[][] rows = new float[like.length][];
    for (int i = 0; i < positions.length; i++) {
      rows[positions[i]] = counted[i];
    }
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] == null) {
        rows[i] = new float[like[i].length];
      }
    }
    return rows;
  }
}
