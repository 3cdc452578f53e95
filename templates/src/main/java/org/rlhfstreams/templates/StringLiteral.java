package org.rlhfstreams.templates;

/** The value of a string literal, by Python's escapes. */
final class StringLiteral {
  private static final String ESCAPES = "abfnrtv\\'\"";
  private static final String ESCAPED = "\u0007\b\f\n\r\t\u000b\\'\"";

  private final String literal;
  private final int line;
  private final StringBuilder value = new StringBuilder();
  private int position;

  private StringLiteral(String literal, int line) {
    this.literal = literal;
    this.line = line;
  }

  static String value(String literal, int line) {
    return literal.indexOf('\\') < 0 ? literal : new StringLiteral(literal, line).unescape();
  }

  private String unescape() {
    while (position < literal.length()) {
      char character = literal.charAt(position++);
      if (character == '\\' && position < literal.length()) {
        escape(literal.charAt(position++));
      } else {
        value.append(character);
      }
    }
    return value.toString();
  }

  private void escape(char kind) {
    int simple = ESCAPES.indexOf(kind);
    if (simple >= 0) {
      value.append(ESCAPED.charAt(simple));
    } else if (kind >= '0' && kind <= '7') {
      octal();
    } else {
      switch (kind) {
        case '\n' -> {} // a line that goes on
        case 'x' -> hexadecimal(kind, 2);
        case 'u' -> hexadecimal(kind, 4);
        case 'U' -> hexadecimal(kind, 8);
        default -> value.append('\\').append(kind);
      }
    }
  }

  private void octal() {
    int from = position - 1;
    while (position < literal.length()
        && position < from + 3
        && Character.digit(literal.charAt(position), 8) >= 0) {
      position++;
    }
    value.append((char) Integer.parseInt(literal.substring(from, position), 8));
  }

  private void hexadecimal(char kind, int digits) {
    long codePoint = position + digits > literal.length() ? -1 : 0;
    for (int i = 0; i < digits && codePoint >= 0; i++) {
      int digit = Character.digit(literal.charAt(position++), 16);
      codePoint = digit < 0 ? -1 : codePoint * 16 + digit;
    }
    if (codePoint < 0 || codePoint > Character.MAX_CODE_POINT) {
      throw TemplateException.syntax("a damaged \\" + kind + " escape in a string", line);
    }
    value.appendCodePoint((int) codePoint);
  }
}
