package org.rlhfstreams.evaluation.statistics;

import java.util.Arrays;

/**
 * How often values fall into bins of equal width.
 *
 * @param centres of the bins, ascending
 * @param counts of the values in each
 */
public record Histogram(double[] centres, double[] counts) {
  private static final int BINS = 24;

  /**
   * Over the values' whole range.
   *
   * @param values at least one, all finite
   */
  public static Histogram of(double[] values) {
    double low = Arrays.stream(values).min().orElseThrow();
    double high = Arrays.stream(values).max().orElseThrow();
    if (low == high) {
      return new Histogram(new double[] {low}, new double[] {values.length});
    }
    double width = (high - low) / BINS;
    double[] centres = new double[BINS];
    for (int bin = 0; bin < BINS; bin++) {
      centres[bin] = low + (bin + 0.5) * width;
    }
    double[] counts = new double[BINS];
    for (double value : values) {
      counts[Math.min(BINS - 1, (int) ((value - low) / width))]++;
    }
    return new Histogram(centres, counts);
  }
}
