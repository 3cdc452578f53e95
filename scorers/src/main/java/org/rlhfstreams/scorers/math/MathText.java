package org.rlhfstreams.scorers.math;

/**
 * Rewrites LaTeX, Markdown and typographic signs into the few that {@link MathReader} knows:
 * digits, {@code + - * / ^ ( ) [ ] % ,}, braces, and the words {@code \frac}, {@code \sqrt}, {@code
 * \pi} and {@code \overline}.
 */
final class MathText {
  /** A blank that may separate groups of three digits. */
  static final char THIN = '\u2009';

  private static final String[] DROPPED = {
    "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "quad", "qquad"
  };
  private static final String[] TEXTS = {
    "text",
    "textbf",
    "textit",
    "mathrm",
    "mathbf",
    "mathit",
    "mbox",
    "operatorname",
    "boxed",
    "fbox",
    "emph",
    "mathsf",
    "textrm"
  };

  private MathText() {}

  /** The text in plain signs. */
  static String plain(String written) {
    StringBuilder plain = new StringBuilder(written.length());
    for (int i = 0; i < written.length(); i++) {
      char character = written.charAt(i);
      switch (character) {
        case '\\' -> i = command(written, i, plain);
        case '$', '`', '\u20ac', '\u00a3', '\u00a5', '\u20b9' -> {} // money, and marks of formulas
        case '*' -> {
          if (written.startsWith("**", i) && !isPower(written, i)) {
            i++; // bold
          } else if (written.startsWith("**", i)) {
            plain.append('^');
            i++;
          } else {
            plain.append('*');
          }
        }
        case '\u2212', '\u2013', '\u2010', '\u2011' -> plain.append('-');
        case '\u00d7', '\u00b7', '\u22c5' -> plain.append('*');
        case '\u00f7', '\u2044', '\u2215' -> plain.append('/');
        case '\u00b0' -> plain.append(" degrees");
        case '\u03c0' -> plain.append("\\pi ");
        case '\u221a' -> plain.append("\\sqrt ");
        case '\u00b2' -> plain.append("^2");
        case '\u00b3' -> plain.append("^3");
        case '\u00bd' -> plain.append(" 1/2");
        case '\u00bc' -> plain.append(" 1/4");
        case '\u00be' -> plain.append(" 3/4");
        case '\u2153' -> plain.append(" 1/3");
        case '\u2154' -> plain.append(" 2/3");
        case '\u2019', '\'' -> plain.append('\'');
        case '\u00a0', '\u202f', '\u2009' -> plain.append(THIN);
        case '\n', '\t', '\r' -> plain.append(' ');
        case '{' -> {
          if (written.startsWith("{,}", i)) {
            plain.append(',');
            i += 2;
          } else {
            plain.append('{');
          }
        }
        default -> plain.append(character);
      }
    }
    return plain.toString().strip();
  }

  /** Two stars between two operands are a power, as Python writes it. */
  private static boolean isPower(String written, int at) {
    return at > 0
        && at + 2 < written.length()
        && Character.isLetterOrDigit(written.charAt(at - 1))
        && Character.isLetterOrDigit(written.charAt(at + 2));
  }

  /** Writes what a command stands for; returns the last place that belongs to it. */
  private static int command(String written, int at, StringBuilder plain) {
    int end = at + 1;
    while (end < written.length() && isLetter(written.charAt(end))) {
      end++;
    }
    if (end == at + 1) {
      return sign(written, at, plain);
    }
    String name = written.substring(at + 1, end);
    switch (name) {
      case "frac", "dfrac", "tfrac", "cfrac" -> plain.append("\\frac");
      case "sqrt", "pi", "overline" -> plain.append('\\').append(name).append(' ');
      case "cdot", "times" -> plain.append('*');
      case "div" -> plain.append('/');
      case "approx", "equiv" -> plain.append('=');
      case "circ", "degree" -> {
        if (plain.length() > 0 && plain.charAt(plain.length() - 1) == '{') {
          plain.setLength(plain.length() - 1);
          end = Math.min(end + 1, written.length());
        }
        if (plain.length() > 0 && plain.charAt(plain.length() - 1) == '^') {
          plain.setLength(plain.length() - 1);
        }
        plain.append(" degrees");
      }
      default -> {
        if (contains(TEXTS, name)) {
          return text(written, end, plain);
        }
        if (!contains(DROPPED, name)) {
          plain.append('\\').append(name).append(' ');
        }
      }
    }
    return end - 1;
  }

  private static int sign(String written, int at, StringBuilder plain) {
    if (at + 1 == written.length()) {
      return at;
    }
    char next = written.charAt(at + 1);
    switch (next) {
      case '%' -> plain.append('%');
      case '{' -> plain.append('\u2983'); // a set's, not a group's
      case '}' -> plain.append('\u2984');
      case ',', ';', ':', '!', ' ' -> plain.append(next == '!' ? "" : String.valueOf(THIN));
      case '(', ')', '[', ']', '$' -> {} // marks of formulas, and money
      case '\\' -> plain.append(' ');
      default -> plain.append(next);
    }
    return at + 1;
  }

  /** A text's content, set off by blanks. */
  private static int text(String written, int from, StringBuilder plain) {
    int open = from;
    while (open < written.length() && written.charAt(open) == ' ') {
      open++;
    }
    int close = open < written.length() && written.charAt(open) == '{' ? end(written, open) : -1;
    if (close < 0) {
      return from - 1;
    }
    plain.append(' ').append(plain(written.substring(open + 1, close))).append(' ');
    return close;
  }

  private static int end(String written, int open) {
    int depth = 0;
    for (int i = open; i < written.length(); i++) {
      if (written.charAt(i) == '{') {
        depth++;
      } else if (written.charAt(i) == '}' && --depth == 0) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isLetter(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
  }

  private static boolean contains(String[] names, String name) {
    for (String one : names) {
      if (one.equals(name)) {
        return true;
      }
    }
    return false;
  }
}
