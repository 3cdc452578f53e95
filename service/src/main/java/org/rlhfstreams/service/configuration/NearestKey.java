package org.rlhfstreams.service.configuration;

import java.util.Collection;
import java.util.Comparator;

/** Finds the key that was probably meant: the smallest Levenshtein distance. */
final class NearestKey {
  private NearestKey() {}

  /** The candidate nearest to a misspelt key, or to its last part when the section was left out. */
  static String to(String written, Collection<String> candidates) {
    return candidates.stream()
        .min(
            Comparator.comparingInt(
                candidate ->
                    Math.min(
                        distance(written, candidate),
                        // One more, so that the full key wins where both fit.
                        distance(written, candidate.substring(candidate.lastIndexOf('.') + 1))
                            + 1)))
        .orElseThrow();
  }

  /** Insertions, deletions and substitutions that turn one text into the other. */
  static int distance(String first, String second) {
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
}
