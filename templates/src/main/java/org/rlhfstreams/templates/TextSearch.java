package org.rlhfstreams.templates;

/**
 * Finds a text in another in time that grows with their lengths alone: the JDK's search takes their
 * product on texts that repeat themselves.
 */
final class TextSearch {
  private static final int SHORT = 16;

  private TextSearch() {}

  /** Where a part first occurs from a place on, or -1. */
  static int first(String text, String part, int from, Meter meter) {
    int found =
        part.length() <= SHORT ? text.indexOf(part, from) : firstLong(text, part, from, meter);
    meter.scan((found < 0 ? text.length() : found) - (long) Math.min(from, text.length()) + 1);
    return found;
  }

  /** Where a part last occurs ending at or before a place, or -1. */
  static int last(String text, String part, int until, Meter meter) {
    if (part.length() <= SHORT) {
      int found = text.lastIndexOf(part, until - part.length());
      meter.scan(until - (long) Math.max(found, 0) + 1);
      return until < part.length() ? -1 : found;
    }
    String head = text.substring(0, until);
    String reversed = new StringBuilder(head).reverse().toString();
    String reversedPart = new StringBuilder(part).reverse().toString();
    int found = first(reversed, reversedPart, 0, meter);
    return found < 0 ? -1 : until - found - part.length();
  }

  private static int firstLong(String text, String part, int from, Meter meter) {
    if (part.length() > text.length() - from) {
      return -1;
    }
    meter.scan(part.length());
    int[] borders = borders(part);
    int matched = 0;
    for (int at = from; at < text.length(); at++) {
      while (matched > 0 && text.charAt(at) != part.charAt(matched)) {
        matched = borders[matched - 1];
      }
      if (text.charAt(at) == part.charAt(matched)) {
        matched++;
      }
      if (matched == part.length()) {
        return at + 1 - matched;
      }
    }
    return -1;
  }

  /** Knuth, Morris and Pratt's table: the longest start of the part that each prefix ends with. */
  private static int[] borders(String part) {
    int[] borders = new int[part.length()];
    int border = 0;
    for (int at = 1; at < part.length(); at++) {
      while (border > 0 && part.charAt(at) != part.charAt(border)) {
        border = borders[border - 1];
      }
      if (part.charAt(at) == part.charAt(border)) {
        border++;
      }
      borders[at] = border;
    }
    return borders;
  }
}
