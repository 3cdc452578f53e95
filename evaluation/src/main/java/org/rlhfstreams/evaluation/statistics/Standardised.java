package org.rlhfstreams.evaluation.statistics;

import java.util.Arrays;

/**
 * Values by how many standard deviations they lie above their mean: z = (x − mean) / s with s² = Σ
 * (x − mean)² / (n − 1). If all are equal, each is 0.
 */
public final class Standardised {
  private Standardised() {}

  /**
   * The z of each value.
   *
   * @param values all finite, [n]
   * @return [n]
   */
  public static double[] of(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
    double deviation = Math.sqrt(squares / Math.max(1, values.length - 1));
    return Arrays.stream(values).map(x -> deviation > 0 ? (x - mean) / deviation : 0).toArray();
  }
}
