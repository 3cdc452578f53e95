package org.rlhfstreams.cli.evaluation.result;

import java.util.Locale;
import org.rlhfstreams.cli.evaluation.statistics.Interval;
import org.rlhfstreams.cli.evaluation.statistics.MeanEstimate;

/** Numbers for people. */
final class Numbers {
  private Numbers() {}

  /** With decimals; a dash for what is not a number. */
  static String text(double value, int decimals) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A share in percent. */
  static String percent(double share) {
    return text(100 * share, 1) + " %";
  }

  /** An interval of a share, in percent. */
  static String percent(Interval interval) {
    return text(100 * interval.low(), 1) + " to " + text(100 * interval.high(), 1) + " %";
  }

  /** A mean with its standard error. */
  static String text(MeanEstimate estimate, int decimals) {
    return text(estimate.mean(), decimals) + " ± " + text(estimate.standardError(), decimals);
  }
}
