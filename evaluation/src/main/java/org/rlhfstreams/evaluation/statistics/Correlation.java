package org.rlhfstreams.evaluation.statistics;

import java.util.Arrays;
import java.util.Locale;

/**
 * Pearson's correlation: r = Σ (x − mean x) (y − mean y) / √(Σ (x − mean x)² Σ (y − mean y)²), from
 * −1 to 1.
 */
public final class Correlation {
  private Correlation() {}

  /**
   * The correlation of two measures of the same things.
   *
   * @param x all finite, [n]
   * @param y all finite, [n]
   * @return not a number if one of them is the same for all
   * @throws IllegalArgumentException if there are not as many of one as of the other
   */
  public static double of(double[] x, double[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%d values of one measure, %d of the other", x.length, y.length));
    }
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double both = 0;
    double squaresX = 0;
    double squaresY = 0;
    for (int i = 0; i < x.length; i++) {
      double dx = x[i] - meanX;
      double dy = y[i] - meanY;
      both += dx * dy;
      squaresX += dx * dx;
      squaresY += dy * dy;
    }
    // Rounding must not move it beyond what a correlation can be.
    return squaresX == 0 || squaresY == 0
        ? Double.NaN
        : Math.max(-1, Math.min(1, both / Math.sqrt(squaresX) / Math.sqrt(squaresY)));
  }
}
