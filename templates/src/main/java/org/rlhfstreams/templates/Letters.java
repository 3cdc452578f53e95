package org.rlhfstreams.templates;

import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's upper and lower case, and what a text consists of. */
final class Letters {
  private Letters() {}

  static String upper(String text, Meter meter) {
    meter.text(text.length());
    return text.toUpperCase(Locale.ROOT);
  }

  static String lower(String text, Meter meter) {
    meter.text(text.length());
    return text.toLowerCase(Locale.ROOT);
  }

  static String capitalize(String text, Meter meter) {
    if (text.isEmpty()) {
      return text;
    }
    int second = text.offsetByCodePoints(0, 1);
    meter.text(text.length());
    return titleCase(text.substring(0, second)) + text.substring(second).toLowerCase(Locale.ROOT);
  }

  /** {@code str.title}: every run of letters is capitalized. */
  static String title(String text, Meter meter) {
    meter.text(text.length());
    StringBuilder title = new StringBuilder();
    boolean inWord = false;
    for (int codePoint : text.codePoints().toArray()) {
      boolean letter = Character.isLetter(codePoint);
      if (letter && inWord) {
        title.appendCodePoint(Character.toLowerCase(codePoint));
      } else {
        title.append(titleCase(Character.toString(codePoint)));
      }
      inWord = letter;
    }
    return title.toString();
  }

  private static String titleCase(String character) {
    int codePoint = character.codePointAt(0);
    int title = Character.toTitleCase(codePoint);
    return title == codePoint && !Character.isTitleCase(codePoint)
        ? character.toUpperCase(Locale.ROOT)
        : Character.toString(title);
  }

  static String swapCase(String text, Meter meter) {
    meter.text(text.length());
    StringBuilder swapped = new StringBuilder();
    text.codePoints()
        .forEach(
            codePoint -> {
              String character = Character.toString(codePoint);
              swapped.append(
                  Character.isUpperCase(codePoint)
                      ? character.toLowerCase(Locale.ROOT)
                      : character.toUpperCase(Locale.ROOT));
            });
    return swapped.toString();
  }

  static boolean isUpper(String text, Meter meter) {
    meter.scan(text.length());
    return text.equals(text.toUpperCase(Locale.ROOT))
        && !text.equals(text.toLowerCase(Locale.ROOT));
  }

  static boolean isLower(String text, Meter meter) {
    meter.scan(text.length());
    return text.equals(text.toLowerCase(Locale.ROOT))
        && !text.equals(text.toUpperCase(Locale.ROOT));
  }

  static boolean all(String text, IntPredicate predicate, Meter meter) {
    meter.scan(text.length());
    return !text.isEmpty() && text.codePoints().allMatch(predicate);
  }
}
