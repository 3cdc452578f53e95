package org.rlhfstreams.templates;

/** White space by Python's {@code str.isspace}. */
final class Whitespace {
  private static final int NEXT_LINE = 0x85;

  private Whitespace() {}

  static boolean is(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || codePoint == NEXT_LINE;
  }

  static String strip(String text, boolean left, boolean right) {
    return strip(text, null, left, right);
  }

  /** Takes away the characters given, or white space where they are null. */
  static String strip(String text, String characters, boolean left, boolean right) {
    int from = 0;
    int until = text.length();
    while (left && from < until && strippable(text.codePointAt(from), characters)) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (right && until > from && strippable(text.codePointBefore(until), characters)) {
      until -= Character.charCount(text.codePointBefore(until));
    }
    return text.substring(from, until);
  }

  private static boolean strippable(int codePoint, String characters) {
    return characters == null ? is(codePoint) : characters.indexOf(codePoint) >= 0;
  }
}
