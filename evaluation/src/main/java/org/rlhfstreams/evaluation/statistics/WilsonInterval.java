package org.rlhfstreams.evaluation.statistics;

import java.util.Locale;

/**
 * The interval of a share by Wilson's score (Wilson 1927): all shares p that a test would not
 * refuse. With n trials, share s and z = 1.96 it is (s + z²/2n ± z √(s (1 − s)/n + z²/4n²)) / (1 +
 * z²/n).
 */
public final class WilsonInterval {
  private WilsonInterval() {}

  /**
   * The interval.
   *
   * @param successes from 0 to {@code trials}; a tie may count as half a success, which makes the
   *     interval wider than it need be, never narrower
   * @param trials at least 1
   * @throws IllegalArgumentException where the numbers are outside these ranges
   */
  public static ConfidenceInterval of(double successes, long trials) {
    if (trials < 1 || successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s successes of %d trials are no share", successes, trials));
    }
    double z = ConfidenceInterval.NORMAL_QUANTILE;
    double share = successes / trials;
    double scale = 1 + z * z / trials;
    double centre = (share + z * z / (2.0 * trials)) / scale;
    double half =
        z * Math.sqrt(share * (1 - share) / trials + z * z / (4.0 * trials * trials)) / scale;
    // Rounding must not move an end beyond what a share can be.
    return new ConfidenceInterval(Math.max(0, centre - half), Math.min(1, centre + half));
  }
}
