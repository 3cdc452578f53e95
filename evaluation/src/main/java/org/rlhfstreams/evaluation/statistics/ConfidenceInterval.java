package org.rlhfstreams.evaluation.statistics;

/**
 * A confidence interval of 95 %.
 *
 * @param low its lower end
 * @param high its upper end, at least {@code low}
 */
public record ConfidenceInterval(double low, double high) {
  /** What a standard normal variable exceeds on either side once in twenty times. */
  public static final double NORMAL_QUANTILE = 1.959963984540054;
}
