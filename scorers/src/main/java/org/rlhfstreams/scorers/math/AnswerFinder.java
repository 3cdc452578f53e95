package org.rlhfstreams.scorers.math;

import java.util.Optional;

/**
 * Finds the final answer in a response. In this order: the last {@code \boxed{}}, what follows the
 * last {@code ####}, what follows the last "answer is", "answer:" or "answer =", and, if wanted,
 * the last number.
 */
final class AnswerFinder {
  private static final String BOXED = "\\boxed";

  /** Boxes that do not close are looked at from the end; so many, so that none takes long. */
  private static final int MOST_BOXES = 20;

  private static final String HASHES = "####";
  private static final String ANSWER = "answer";

  private AnswerFinder() {}

  /**
   * What was found.
   *
   * @param text the answer as it was written
   * @param where how it was found, for explanations
   */
  record Found(String text, String where) {}

  /** The answer that a response states; empty if it states none. */
  static Optional<Found> stated(String text) {
    String boxed = boxed(text);
    if (boxed != null) {
      return Optional.of(new Found(boxed, "in \\boxed"));
    }
    int hashes = text.lastIndexOf(HASHES);
    if (hashes >= 0) {
      return Optional.of(new Found(sentence(text, hashes + HASHES.length()), "after ####"));
    }
    int answer = afterAnswer(text);
    return answer < 0
        ? Optional.empty()
        : Optional.of(new Found(sentence(text, answer), "after \"answer\""));
  }

  /** The last number of a text, with its sign, separators, fraction and percent sign. */
  static Optional<Found> lastNumber(String text) {
    int end = text.length();
    while (end > 0 && !isDigit(text.charAt(end - 1))) {
      end--;
    }
    if (end == 0) {
      return Optional.empty();
    }
    int begin = end;
    while (begin > 0 && continues(text, begin - 1)) {
      begin--;
    }
    while (!isDigit(text.charAt(begin)) && !isLeadingPoint(text, begin)) {
      begin++;
    }
    if (begin > 0 && isMinus(text.charAt(begin - 1)) && isSign(text, begin - 1)) {
      begin--;
    }
    return Optional.of(new Found(text.substring(begin, percentEnd(text, end)), "the last number"));
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  private static boolean isMinus(char character) {
    return character == '-' || character == '\u2212';
  }

  /** Whether a character before a number belongs to it: a digit, or what stands between two. */
  private static boolean continues(String text, int at) {
    char character = text.charAt(at);
    return isDigit(character)
        || ((character == '.' || character == ',' || character == '/')
            && isDigit(text.charAt(at + 1)));
  }

  private static boolean isLeadingPoint(String text, int at) {
    return text.charAt(at) == '.' && (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)));
  }

  /** A minus between two operands is a subtraction. */
  private static boolean isSign(String text, int at) {
    int before = at - 1;
    if (before >= 0 && text.charAt(before) == ' ') {
      return at + 1 < text.length() && text.charAt(at + 1) != ' ';
    }
    return before < 0 || "=($[{:\n\t*".indexOf(text.charAt(before)) >= 0;
  }

  private static int percentEnd(String text, int end) {
    int next = end < text.length() && text.charAt(end) == '\\' ? end + 1 : end;
    return next < text.length() && text.charAt(next) == '%' ? next + 1 : end;
  }

  /** The content of the last box that closes; null if there is none. */
  private static String boxed(String text) {
    int at = text.lastIndexOf(BOXED);
    for (int tried = 0; at >= 0 && tried < MOST_BOXES; tried++) {
      int open = at + BOXED.length();
      while (open < text.length() && text.charAt(open) == ' ') {
        open++;
      }
      if (open < text.length() && text.charAt(open) == '{') {
        int close = closing(text, open);
        if (close > 0) {
          return text.substring(open + 1, close);
        }
      } else if (open < text.length() && open > at + BOXED.length()) {
        int end = open; // \boxed 5
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
          end++;
        }
        return text.substring(open, end);
      }
      at = text.lastIndexOf(BOXED, at - 1);
    }
    return null;
  }

  private static int closing(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == '\\') {
        i++;
      } else if (character == '{') {
        depth++;
      } else if (character == '}' && --depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Where the answer begins after the last word "answer" that announces one; -1 if none does. */
  private static int afterAnswer(String text) {
    for (int at = text.length() - ANSWER.length(); at >= 0; at--) {
      if (text.regionMatches(true, at, ANSWER, 0, ANSWER.length())) {
        int begin = announced(text, at + ANSWER.length());
        if (begin >= 0) {
          return begin;
        }
      }
    }
    return -1;
  }

  private static int announced(String text, int from) {
    int at = skip(text, text.startsWith("s", from) ? from + 1 : from);
    boolean announces = false;
    for (String word : new String[] {"is", "are", "would be", "will be"}) {
      if (text.regionMatches(true, at, word, 0, word.length())
          && (at + word.length() >= text.length()
              || !Character.isLetterOrDigit(text.charAt(at + word.length())))) {
        at = skip(text, at + word.length());
        announces = true;
        break;
      }
    }
    while (at < text.length() && (text.charAt(at) == ':' || text.charAt(at) == '=')) {
      at = skip(text, at + 1);
      announces = true;
    }
    return announces ? skipLines(text, at) : -1;
  }

  private static int skip(String text, int from) {
    int at = from;
    while (at < text.length() && " *_\u00a0".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private static int skipLines(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** From a place to the end of its line or sentence; a mark between digits ends none. */
  private static String sentence(String text, int from) {
    int begin = skipLines(text, from);
    // Displayed formulas begin a line of their own.
    if (text.startsWith("$$", begin) || text.startsWith("\\[", begin)) {
      int end = text.indexOf(text.startsWith("$$", begin) ? "$$" : "\\]", begin + 2);
      return text.substring(begin + 2, end < 0 ? text.length() : end);
    }
    for (int i = begin; i < text.length(); i++) {
      char character = text.charAt(i);
      boolean last = i + 1 == text.length() || Character.isWhitespace(text.charAt(i + 1));
      boolean closes =
          i + 1 < text.length()
              && "*$)\"'".indexOf(text.charAt(i + 1)) >= 0
              && (i + 2 == text.length() || !Character.isLetterOrDigit(text.charAt(i + 2)));
      boolean mark = character == '.' || character == ';' || character == '!';
      if (character == '\n' || (mark && (last || (closes && character == '.')))) {
        return text.substring(begin, i);
      }
    }
    return text.substring(begin);
  }
}
