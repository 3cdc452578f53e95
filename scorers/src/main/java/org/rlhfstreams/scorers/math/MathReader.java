package org.rlhfstreams.scorers.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.scorers.math.ExactArithmetic.NotValueException;

/** Reads what an answer stands for: a number, perhaps with a unit, or several numbers. */
final class MathReader {
  private static final int LONGEST = 500;
  private static final int MOST_VALUES = 50;
  private static final int MOST_UNIT_WORDS = 12;
  private static final Set<String> LEADING =
      Set.of(
          "about",
          "approximately",
          "approx",
          "exactly",
          "roughly",
          "around",
          "nearly",
          "almost",
          "is",
          "are",
          "be",
          "equal",
          "equals",
          "to",
          "the",
          "a",
          "an",
          "total",
          "of",
          "only",
          "just",
          "therefore",
          "so",
          "thus",
          "hence",
          "answer",
          "value",
          "final",
          "usd",
          "eur",
          "gbp",
          "rs",
          "inr",
          "number",
          "simply",
          "now",
          "then",
          "precisely",
          "sum");
  private static final Set<String> SHORT_UNITS =
      Set.of(
          "m", "g", "s", "l", "h", "n", "j", "w", "v", "k", "c", "f", "cm", "mm", "km", "kg", "mg",
          "ml", "min", "hr", "hrs", "sec", "ms", "in", "ft", "yd", "mi", "lb", "lbs", "oz", "mph",
          "kmh", "kph", "am", "pm", "degrees", "usd", "eur", "units", "hz", "kb", "mb", "gb", "st",
          "nd", "rd", "th", "cents", "days", "hours", "minutes", "meters", "dollars", "pa", "mol");

  /** Letters that are units next to a number but variables after a blank as well: refused. */
  private static final Set<String> VARIABLES = Set.of("n", "k", "c", "f", "v", "w", "h", "j");

  private MathReader() {}

  /** The value; empty if it is no number, or too long to be an answer. */
  static Optional<MathValue> read(String written, NumberRules rules) {
    if (written.length() > LONGEST) {
      return Optional.empty();
    }
    String plain = trimmed(afterEquals(MathText.plain(written)));
    Optional<MathValue> several = several(plain, rules);
    return several.isPresent() ? several : single(withoutLeadingWords(plain), rules);
  }

  /** The only number in a sentence; empty if there is none, or more than one. */
  static Optional<MathValue> onlyNumber(String written, NumberRules rules) {
    if (written.length() > LONGEST) {
      return Optional.empty();
    }
    String plain = MathText.plain(written);
    int begin = 0;
    while (begin < plain.length() && !isDigit(plain, begin)) {
      begin++;
    }
    if (begin == plain.length() || (begin > 0 && Character.isLetter(plain.charAt(begin - 1)))) {
      return Optional.empty();
    }
    boolean negative =
        begin > 0
            && plain.charAt(begin - 1) == '-'
            && (begin == 1 || plain.charAt(begin - 2) == ' ');
    try {
      NumberParser parser = new NumberParser(plain, negative ? begin - 1 : begin, rules);
      MathValue value = parser.expression();
      for (int i = parser.end(); i < plain.length(); i++) {
        if (isDigit(plain, i)) {
          return Optional.empty();
        }
      }
      return isUnit(plain, parser.end()) ? Optional.of(value) : Optional.empty();
    } catch (NotValueException e) {
      return Optional.empty();
    }
  }

  private static String afterEquals(String plain) {
    int equals = plain.lastIndexOf('=');
    return equals < 0 || equals == plain.length() - 1 ? plain : plain.substring(equals + 1);
  }

  private static String trimmed(String plain) {
    int begin = 0;
    int end = plain.length();
    while (begin < end && " *:_~\"\u2009".indexOf(plain.charAt(begin)) >= 0) {
      begin++;
    }
    while (end > begin && " *.:;,_!?\"\u2009".indexOf(plain.charAt(end - 1)) >= 0) {
      end--;
    }
    return plain.substring(begin, end);
  }

  private static String withoutLeadingWords(String plain) {
    int at = 0;
    while (at < plain.length()) {
      int end = at;
      while (end < plain.length() && Character.isLetter(plain.charAt(end))) {
        end++;
      }
      if (end == at || !LEADING.contains(plain.substring(at, end).toLowerCase(Locale.ROOT))) {
        break;
      }
      while (end < plain.length() && " .,:".indexOf(plain.charAt(end)) >= 0) {
        end++;
      }
      at = end;
    }
    return plain.substring(at);
  }

  private static Optional<MathValue> single(String plain, NumberRules rules) {
    try {
      NumberParser parser = new NumberParser(plain, 0, rules);
      MathValue value = parser.expression();
      return isUnit(plain, parser.end()) ? Optional.of(value) : Optional.empty();
    } catch (NotValueException e) {
      return Optional.empty();
    }
  }

  /** Whether what follows a number is nothing, or words that name what was counted. */
  private static boolean isUnit(String plain, int from) {
    boolean adjacent = true;
    int words = 0;
    for (int i = from; i < plain.length(); ) {
      char character = plain.charAt(i);
      if (Character.isLetter(character)) {
        int end = i;
        while (end < plain.length() && Character.isLetter(plain.charAt(end))) {
          end++;
        }
        String word = plain.substring(i, end).toLowerCase(Locale.ROOT);
        boolean known = SHORT_UNITS.contains(word);
        if ((adjacent && !known)
            || (word.length() == 1 && !known && !word.equals("a"))
            || (!adjacent && VARIABLES.contains(plain.substring(i, end)))
            || ++words > MOST_UNIT_WORDS) {
          return false;
        }
        i = end;
      } else if (character == '^') {
        i += i + 1 < plain.length() && isDigit(plain, i + 1) && words > 0 ? 2 : plain.length();
        if (i > plain.length()) {
          return false;
        }
      } else if (" \u2009/-.,'\"()_*!{}".indexOf(character) >= 0) {
        i++;
      } else {
        return false;
      }
      adjacent = false;
    }
    return true;
  }

  /** Values between brackets, or with commas between them. */
  private static Optional<MathValue> several(String plain, NumberRules rules) {
    if (plain.isEmpty()) {
      return Optional.empty();
    }
    char first = plain.charAt(0);
    char last = plain.charAt(plain.length() - 1);
    boolean ordered = (first == '(' || first == '[') && (last == ')' || last == ']');
    boolean set = (first == '\u2983' && last == '\u2984') || (first == '{' && last == '}');
    boolean bracketed = ordered || set;
    String inner = bracketed ? plain.substring(1, plain.length() - 1) : plain;
    List<String> parts = parts(inner, bracketed, rules);
    if ((parts.size() < 2 && !(set && first == '\u2983')) || parts.size() > MOST_VALUES) {
      return Optional.empty();
    }
    List<MathValue> values = new ArrayList<>();
    for (String part : parts) {
      Optional<MathValue> value = single(afterEquals(part).strip(), rules);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      values.add(value.get());
    }
    return Optional.of(new MathValue.Several(values, ordered ? "" + first + last : ""));
  }

  /**
   * The parts of a list. Without brackets a comma separates if a blank follows, or if the digits
   * after it are no group of three.
   */
  private static List<String> parts(String inner, boolean bracketed, NumberRules rules) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int begin = 0;
    for (int i = 0; i < inner.length(); i++) {
      char character = inner.charAt(i);
      if ("([{".indexOf(character) >= 0) {
        depth++;
      } else if (")]}".indexOf(character) >= 0) {
        depth--;
      }
      int length = depth == 0 ? separator(inner, i, bracketed, rules) : 0;
      if (length > 0) {
        if (i > begin) {
          parts.add(inner.substring(begin, i));
        }
        begin = i + length;
        i = begin - 1;
      }
    }
    parts.add(inner.substring(begin));
    return parts;
  }

  private static int separator(String inner, int at, boolean bracketed, NumberRules rules) {
    char character = inner.charAt(at);
    if (character == ';') {
      return 1;
    }
    if (character == ',') {
      boolean blank = at + 1 < inner.length() && " \u2009".indexOf(inner.charAt(at + 1)) >= 0;
      if (rules.decimalMark() == ',') {
        return blank ? 1 : 0;
      }
      return blank || bracketed || !isThousands(inner, at) ? 1 : 0;
    }
    if (!bracketed && character == ' ') {
      for (String word : new String[] {" and ", " or "}) {
        if (inner.startsWith(word, at)) {
          return word.length();
        }
      }
    }
    return 0;
  }

  private static boolean isThousands(String text, int comma) {
    return isDigit(text, comma - 1)
        && isDigit(text, comma + 1)
        && isDigit(text, comma + 2)
        && isDigit(text, comma + 3)
        && !isDigit(text, comma + 4);
  }

  private static boolean isDigit(String text, int at) {
    return at >= 0 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }
}
