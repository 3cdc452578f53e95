package org.rlhfstreams.evaluation.statistics;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The percentile bootstrap (Efron 1979) of a ratio of sums: units, such as prompts or texts, are
 * drawn with replacement, so that what belongs to one unit stays together.
 */
public final class Bootstrap {
  private static final int DRAWS = 2000;

  private Bootstrap() {}

  /**
   * The interval of sum(numerators) / sum(denominators): the 2.5 % and 97.5 % quantiles of 2,000
   * draws.
   *
   * @param numerators one a unit, [units]
   * @param denominators one a unit, all above 0, [units]
   * @param seed of the draws; the same seed gives the same interval
   * @throws IllegalArgumentException where there are none, or not as many of one as of the other
   */
  public static ConfidenceInterval ratio(double[] numerators, double[] denominators, long seed) {
    int units = numerators.length;
    if (units == 0 || units != denominators.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%d numerators over %d denominators", units, denominators.length));
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] ratios = new double[DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
      double above = 0;
      double below = 0;
      for (int i = 0; i < units; i++) {
        int unit = random.nextInt(units);
        above += numerators[unit];
        below += denominators[unit];
      }
      ratios[draw] = above / below;
    }
    Arrays.sort(ratios);
    return new ConfidenceInterval(quantile(ratios, 0.025), quantile(ratios, 0.975));
  }

  /** Between the two nearest ranks, linearly. */
  private static double quantile(double[] sorted, double share) {
    double rank = share * (sorted.length - 1);
    int below = (int) rank;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }
}
