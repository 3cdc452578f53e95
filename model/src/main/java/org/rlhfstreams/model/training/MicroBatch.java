package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.rlhfstreams.model.decoder.TokenMatrix;

/** Rows of similar length that run through the decoder together. */
final class MicroBatch {
  private final List<TokenRow> rows;
  private final int[] origin;
  private final int time;
  private final HeadPosition position;

  private MicroBatch(List<TokenRow> all, List<Integer> members, HeadPosition position) {
    this.rows = members.stream().map(all::get).toList();
    this.origin = members.stream().mapToInt(Integer::intValue).toArray();
    this.time = rows.stream().mapToInt(row -> row.tokenIds().length).max().orElseThrow();
    this.position = position;
  }

  /**
   * Cuts rows, longest first, so that padding stays small.
   *
   * @param lengthClass only sequences of equal class run together
   */
  static List<MicroBatch> cut(
      List<TokenRow> rows, int tokens, HeadPosition position, IntUnaryOperator lengthClass) {
    List<Integer> byLength =
        IntStream.range(0, rows.size())
            .boxed()
            .sorted(Comparator.comparingInt((Integer i) -> -rows.get(i).tokenIds().length))
            .toList();
    List<MicroBatch> batches = new ArrayList<>();
    List<Integer> members = new ArrayList<>();
    int time = 0;
    for (int i : byLength) {
      boolean full = (members.size() + 1) * time > tokens;
      boolean apart =
          lengthClass.applyAsInt(rows.get(i).tokenIds().length) != lengthClass.applyAsInt(time);
      if (!members.isEmpty() && (full || apart)) {
        batches.add(new MicroBatch(rows, members, position));
        members = new ArrayList<>();
      }
      if (members.isEmpty()) {
        time = rows.get(i).tokenIds().length;
      }
      members.add(i);
    }
    if (!members.isEmpty()) {
      batches.add(new MicroBatch(rows, members, position));
    }
    return batches;
  }

  int paddedTokens() {
    return rows.size() * time;
  }

  /** Token ids, [batch, time]. */
  NDArray ids(NDManager scope) {
    long[][] ids = new long[rows.size()][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = IntStream.of(rows.get(i).tokenIds()).asLongStream().toArray();
    }
    return TokenMatrix.create(scope, ids);
  }

  /** Tokens of the longest row. */
  int time() {
    return time;
  }

  /** Where the head reads, as indices into batch * time, [tokens]. */
  NDArray index(NDManager scope) {
    long[] index = new long[tokens()];
    int at = 0;
    for (int i = 0; i < rows.size(); i++) {
      int first = position.first(rows.get(i));
      for (int t = 0; t < position.count(rows.get(i)); t++) {
        index[at++] = (long) i * time + first + t;
      }
    }
    return scope.create(index);
  }

  /** The response tokens that the states before them predict, [tokens]. */
  NDArray targets(NDManager scope) {
    long[] targets = new long[tokens()];
    int at = 0;
    for (TokenRow row : rows) {
      for (int t = row.responseStart(); t < row.tokenIds().length; t++) {
        targets[at++] = row.tokenIds()[t];
      }
    }
    return scope.create(targets);
  }

  /** Copies [tokens] values into the arrays of the rows that they belong to. */
  void scatter(float[] values, float[][] byRow) {
    int at = 0;
    for (int i = 0; i < rows.size(); i++) {
      int count = position.count(rows.get(i));
      byRow[origin[i]] = Arrays.copyOfRange(values, at, at + count);
      at += count;
    }
  }

  /** The rows' values as one tensor, [tokens]. */
  NDArray gather(NDManager scope, float[][] byRow) {
    float[] values = new float[tokens()];
    int at = 0;
    for (int i = 0; i < rows.size(); i++) {
      float[] row = byRow[origin[i]];
      if (row.length != position.count(rows.get(i))) {
        throw new IllegalArgumentException(
            "row %d has %d gradients for %d tokens"
                .formatted(origin[i], row.length, position.count(rows.get(i))));
      }
      System.arraycopy(row, 0, values, at, row.length);
      at += row.length;
    }
    return scope.create(values);
  }

  /** A value of each row at every token that the head reads, [tokens, 1]. */
  NDArray spread(NDManager scope, double[] byRow) {
    float[] values = new float[tokens()];
    int at = 0;
    for (int i = 0; i < rows.size(); i++) {
      int until = at + position.count(rows.get(i));
      Arrays.fill(values, at, until, (float) byRow[origin[i]]);
      at = until;
    }
    return scope.create(values, new Shape(values.length, 1));
  }

  private int tokens() {
    return rows.stream().mapToInt(position::count).sum();
  }
}
