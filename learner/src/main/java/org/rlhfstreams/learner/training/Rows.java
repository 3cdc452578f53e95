package org.rlhfstreams.learner.training;

import java.util.Arrays;

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

  /** Cut into rows as long as those of {@code like}. */
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

  /**
   * Gradients by sums of rows as gradients by their terms, which are the same: a number for each
   * row, repeated over rows as long as those of {@code like}.
   */
  static float[][] spread(double[] byRow, float[][] like) {
    float[][] rows = new float[like.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[like[i].length];
      Arrays.fill(rows[i], (float) byRow[i]);
    }
    return rows;
  }

  /** The same numbers in double precision. */
  static double[][] widen(float[][] rows) {
    double[][] wide = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      wide[i] = widen(rows[i]);
    }
    return wide;
  }

  /** The same numbers in double precision. */
  static double[] widen(float[] row) {
    return flat(new float[][] {row});
  }

  /** Numbers of entries of the rows. */
  static int[] lengths(float[][] rows) {
    return Arrays.stream(rows).mapToInt(row -> row.length).toArray();
  }

  /** Some of the rows, one after the other. */
  static double[] pick(double[][] rows, int[] members) {
    double[][] picked = new double[members.length][];
    for (int i = 0; i < members.length; i++) {
      picked[i] = rows[members[i]];
    }
    return flat(picked);
  }

  /** Sums of some of the rows. */
  static double[] sums(double[][] rows, int[] members) {
    double[] sums = new double[members.length];
    for (int i = 0; i < sums.length; i++) {
      for (double value : rows[members[i]]) {
        sums[i] += value;
      }
    }
    return sums;
  }
}
