package org.rlhfstreams.evaluation.result;

import java.util.Locale;
import org.rlhfstreams.evaluation.statistics.ConfidenceInterval;
import org.rlhfstreams.evaluation.statistics.MeanEstimate;

/** FigureText for people. */
final class FigureText {
  private FigureText() {}

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
  static String percent(ConfidenceInterval interval) {
    return text(100 * interval.low(), 1) + " to " + text(100 * interval.high(), 1) + " %";
  }

  /** A mean with its standard error. */
  static String text(MeanEstimate estimate, int decimals) {
    return text(estimate.mean(), decimals) + " ± " + text(estimate.standardError(), decimals);
  }
}
