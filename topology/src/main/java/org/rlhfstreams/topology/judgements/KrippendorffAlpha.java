package org.rlhfstreams.topology.judgements;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Krippendorff's alpha for nominal values (Krippendorff 2011, Computing Krippendorff's
 * Alpha-Reliability), kept up to date one unit at a time. Of the coincidence matrix, nominal values
 * need the margins and the sum off the diagonal, whatever the number of units. The margins are
 * whole numbers and stay exact.
 */
final class KrippendorffAlpha {
  private final long[] margins;
  private double disagreement;
  private long units;

  /**
   * Begins without units.
   *
   * @param values different values there are
   */
  KrippendorffAlpha(int values) {
    this(new long[values], 0, 0);
  }

  /** Goes on from what {@link #margins}, {@link #disagreement} and {@link #units} told. */
  KrippendorffAlpha(long[] margins, double disagreement, long units) {
    this.margins = margins.clone();
    this.disagreement = disagreement;
    this.units = units;
  }

  /**
   * Counts a unit. One that fewer than two observers valued counts nothing.
   *
   * @param counts how many observers gave each value; [values]
   */
  void add(int[] counts) {
    change(counts, 1);
  }

  /** Takes out a unit that was counted so. */
  void remove(int[] counts) {
    change(counts, -1);
  }

  private void change(int[] counts, int sign) {
    long observers = Arrays.stream(counts).asLongStream().sum();
    if (observers < 2) {
      return;
    }
    long different = observers * observers;
    for (int value = 0; value < margins.length; value++) {
      margins[value] += (long) sign * counts[value];
      different -= (long) counts[value] * counts[value];
    }
    units += sign;
    // Rounding must not outlive the units that it came from.
    disagreement = units == 0 ? 0 : disagreement + sign * (double) different / (observers - 1);
  }

  /** Alpha; empty while there is no unit, or no two different values to be confused. */
  OptionalDouble value() {
    long total = Arrays.stream(margins).sum();
    double byChance = (double) total * total;
    for (long margin : margins) {
      byChance -= (double) margin * margin;
    }
    if (byChance <= 0) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(1 - (total - 1) * disagreement / byChance);
  }

  /** How often each value was given, in units that count; [values]. */
  long[] margins() {
    return margins.clone();
  }

  /** Sum of the coincidence matrix off its diagonal. */
  double disagreement() {
    return disagreement;
  }

  /** How many count. */
  long units() {
    return units;
  }
}
