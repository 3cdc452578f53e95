package org.rlhfstreams.scorers;

import java.util.Optional;

/**
 * A score.
 *
 * @param value finite
 * @param explanation for people
 */
public record ScoreValue(double value, Optional<String> explanation) implements ScorerResult {
  /**
   * Checks the value.
   *
   * @throws IllegalArgumentException if it is not finite
   */
  public ScoreValue {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a score is a finite number, not " + value);
    }
  }
}
