package org.rlhfstreams.learner.advantage;

/** Scaling to variance 1 over all tokens of a batch, with Bessel's correction. */
public final class Whitening {
  private static final double EPSILON = 1e-8;

  private Whitening() {}

  /**
   * The whitened rows.
   *
   * @param rows [rows][tokens]
   * @param shiftMean true moves the mean to 0; false keeps it
   */
  public static double[][] of(double[][] rows, boolean shiftMean) {
    long count = 0;
    double sum = 0;
    for (double[] row : rows) {
      count += row.length;
      for (double value : row) {
        sum += value;
      }
    }
    double mean = sum / count;
    double squares = 0;
    for (double[] row : rows) {
      for (double value : row) {
        squares += (value - mean) * (value - mean);
      }
    }
    double scale = 1 / Math.sqrt(squares / Math.max(1, count - 1) + EPSILON);
    double[][] whitened = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      whitened[i] = new double[rows[i].length];
      for (int t = 0; t < rows[i].length; t++) {
        whitened[i][t] = (rows[i][t] - mean) * scale + (shiftMean ? 0 : mean);
      }
    }
    return whitened;
  }
}
