package org.rlhfstreams.service.configuration;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An interval of numbers, written as in mathematics: {@code [0, 1)}, {@code (0, inf)}. */
record Interval(double low, boolean lowIncluded, double high, boolean highIncluded, String text) {
  private static final Pattern NOTATION =
      Pattern.compile("([\\[(])\\s*([^,\\s]+)\\s*,\\s*([^,\\s]+)\\s*([\\])])");

  /**
   * Reads the notation.
   *
   * @throws IllegalArgumentException when the text is not an interval
   */
  static Interval parse(String text) {
    Matcher matcher = NOTATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an interval: " + text);
    }
    return new Interval(
        bound(matcher.group(2)),
        matcher.group(1).equals("["),
        bound(matcher.group(3)),
        matcher.group(4).equals("]"),
        text);
  }

  boolean contains(double number) {
    boolean aboveLow = lowIncluded ? number >= low : number > low;
    boolean belowHigh = highIncluded ? number <= high : number < high;
    return aboveLow && belowHigh;
  }

  private static double bound(String text) {
    return switch (text) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
