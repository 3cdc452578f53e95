package org.rlhfstreams.learner.training;

/** Between [rows][tokens] float32 of a model and [tokens] float64 of an objective. */
final class Rows {
  private Rows() {}

  /** Rows one after the other. */
  static double[] flat(float[][] rows) {
    int count = 0;
    for (float[] row : rows) {
      count += row.length;
    }
    double[] flat = new double[count];
    int at = 0;
    for (float[] row : rows) {
      for (float value : row) {
        flat[at++] = value;
      }
    }
    return flat;
  }

  /** Rows one after the other. */
  static double[] flat(double[][] rows) {
    int count = 0;
    for (double[] row : rows) {
      count += row.length;
    }
    double[] flat = new double[count];
    int at = 0;
    for (double[] row : rows) {
      System.arraycopy(row, 0, flat, at, row.length);
      at += row.length;
    }
    return flat;
  }

  /** Cut into rows as long as those of {@code like}, scaled. */
  static float[][] cut(double[] flat, float[][] like) {
    float[][] rows = new float[like.length][];
    int at = 0;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[like[i].length];
      for (int t = 0; t < rows[i].length; t++) {
        rows[i][t] = (float) flat[at++];
      }
    }
    return rows;
  }

  /** The same numbers in double precision. */
  static double[][] widen(float[][] rows) {
    double[][] wide = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      wide[i] = flat(new float[][] {rows[i]});
    }
    return wide;
  }

  /** Some of the rows, one after the other. */
  static double[] pick(double[][] rows, int[] members) {
    double[][] picked = new double[members.length][];
    for (int i = 0; i < members.length; i++) {
      picked[i] = rows[members[i]];
    }
    return flat(picked);
  }

  /** Sums of the rows. */
  static double[] sums(double[][] rows) {
    double[] sums = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (double value : rows[i]) {
        sums[i] += value;
      }
    }
    return sums;
  }
}
