package org.rlhfstreams.evaluation.result;

import java.util.List;
import org.rlhfstreams.evaluation.statistics.Histogram;

/**
 * A chart of a page.
 *
 * @param title above it
 * @param kind bars, or points with bars for their errors
 * @param xLabel below the horizontal axis
 * @param x where, ascending
 * @param y how high, as many
 * @param errors standard errors of {@code y}, as many; none where empty
 * @param labels what each point stands for, as many; none where empty
 */
public record Chart(
    String title,
    Kind kind,
    String xLabel,
    double[] x,
    double[] y,
    double[] errors,
    List<String> labels) {
  /** How it is drawn. */
  public enum Kind {
    BARS,
    POINTS
  }

  /** How often which value is there. */
  static Chart of(String title, String xLabel, double[] values) {
    Histogram histogram = Histogram.of(values);
    return new Chart(
        title,
        Kind.BARS,
        xLabel,
        histogram.centres(),
        histogram.counts(),
        new double[0],
        List.of());
  }
}
