package org.rlhfstreams.cli.terminal;

import java.util.Collection;

/** A curve in one line of text. */
public final class Sparkline {
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private Sparkline() {}

  /** One character a value, from the lowest to the highest. */
  public static String of(Collection<Double> values) {
    double low = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double high = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    StringBuilder line = new StringBuilder();
    for (double value : values) {
      double share = high > low ? (value - low) / (high - low) : 0;
      line.append(BARS.charAt((int) Math.min(BARS.length() - 1.0, share * BARS.length())));
    }
    return line.toString();
  }
}
