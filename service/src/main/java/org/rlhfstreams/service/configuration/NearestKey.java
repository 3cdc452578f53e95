package org.rlhfstreams.service.configuration;

import java.util.Collection;
import java.util.Comparator;
import org.rlhfstreams.common.EditDistance;

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
                        EditDistance.between(written, candidate),
                        // One more, so that the full key wins where both fit.
                        EditDistance.between(
                                written, candidate.substring(candidate.lastIndexOf('.') + 1))
                            + 1)))
        .orElseThrow();
  }
}
