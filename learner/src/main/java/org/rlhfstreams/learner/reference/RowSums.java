package org.rlhfstreams.learner.reference;

/** Sums over a response's tokens. */
public final class RowSums {
  private RowSums() {}

  /** The sum of each row, in double precision, [rows]. */
  public static double[] of(float[][] rows) {
    double[] sums = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (float value : rows[i]) {
        sums[i] += value;
      }
    }
    return sums;
  }
}
