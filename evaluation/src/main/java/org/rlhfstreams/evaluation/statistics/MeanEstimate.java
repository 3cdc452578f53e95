package org.rlhfstreams.evaluation.statistics;

import java.util.Arrays;
import java.util.Locale;

/**
 * A mean and how far it may be off.
 *
 * @param mean of all values
 * @param standardError the units' standard deviation over the root of their number; not a number
 *     for a single unit, which says nothing about others
 * @param units independent ones, such as prompts
 */
public record MeanEstimate(double mean, double standardError, int units) {
  /**
   * Of independent values.
   *
   * @throws IllegalArgumentException where there are none
   */
  public static MeanEstimate of(double[] values) {
    return ofGroups(values, 1);
  }

  /**
   * Of values of which {@code size} in a row belong to one unit, such as the samples of a prompt:
   * they are not independent, so the error is that of the units' means.
   *
   * @param values [units * size]
   * @throws IllegalArgumentException where there are none, or the last unit is not whole
   */
  public static MeanEstimate ofGroups(double[] values, int size) {
    if (values.length == 0 || values.length % size != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d values are no units of %d", values.length, size));
    }
    double[] means = new double[values.length / size];
    for (int i = 0; i < values.length; i++) {
      means[i / size] += values[i] / size;
    }
    double mean = Arrays.stream(means).sum() / means.length;
    double squares = Arrays.stream(means).map(value -> (value - mean) * (value - mean)).sum();
    double variance = squares / (means.length - 1.0);
    return new MeanEstimate(mean, Math.sqrt(variance / means.length), means.length);
  }
}
