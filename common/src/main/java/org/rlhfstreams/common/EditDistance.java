package org.rlhfstreams.common;

import java.util.Collection;
import java.util.List;

/** How far a word that was written is from those that could have been meant, by Levenshtein. */
public final class EditDistance {
  private static final int TYPING_ERROR = 2;

  private EditDistance() {}

  /** Insertions, deletions and substitutions that turn one text into the other. */
  public static int between(String first, String second) {
    int[] previous = new int[second.length() + 1];
    for (int j = 0; j < previous.length; j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= first.length(); i++) {
      int[] current = new int[second.length() + 1];
      current[0] = i;
      for (int j = 1; j <= second.length(); j++) {
        int substitution = previous[j - 1] + (first.charAt(i - 1) == second.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[second.length()];
  }

  /** The candidates that a typing error away were written so, in order; none if all are farther. */
  public static List<String> meant(String written, Collection<String> candidates) {
    int nearest =
        candidates.stream().mapToInt(one -> between(written, one)).min().orElse(Integer.MAX_VALUE);
    return nearest > Math.min(TYPING_ERROR, written.length() - 1)
        ? List.of()
        : candidates.stream().filter(one -> between(written, one) == nearest).sorted().toList();
  }
}
