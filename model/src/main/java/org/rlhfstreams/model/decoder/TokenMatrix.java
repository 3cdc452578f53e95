package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.stream.LongStream;

/** Rows of token ids as one right-padded tensor. */
public final class TokenMatrix {
  private TokenMatrix() {}

  /**
   * The rows as int64 [batch, time], padded on the right with id 0: causal attention keeps padding
   * from every real token, so its id does not matter.
   */
  public static NDArray create(NDManager scope, long[][] rows) {
    int time = 0;
    for (long[] row : rows) {
      time = Math.max(time, row.length);
    }
    return create(scope, rows, time);
  }

  /**
   * The same.
   *
   * @param time tokens of each padded row, at least those of the longest
   */
  public static NDArray create(NDManager scope, long[][] rows, int time) {
    long[] flat = new long[rows.length * time];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * time, rows[i].length);
    }
    return scope.create(flat, new Shape(rows.length, time));
  }

  /** 0, 1, ... as int64 [time]. */
  public static NDArray positions(NDManager scope, int time) {
    return scope.create(LongStream.range(0, time).toArray());
  }
}
