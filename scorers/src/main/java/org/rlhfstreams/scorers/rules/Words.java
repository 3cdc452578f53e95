package org.rlhfstreams.scorers.rules;

import java.util.ArrayList;
import java.util.List;

/** Splits text into words: what stands between blanks. */
final class Words {
  private Words() {}

  static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    int begin = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean blank = i == text.length() || Character.isWhitespace(text.charAt(i));
      if (blank && begin >= 0) {
        words.add(text.substring(begin, i));
        begin = -1;
      } else if (!blank && begin < 0) {
        begin = i;
      }
    }
    return words;
  }
}
