package org.rlhfstreams.scorers;

import java.util.Optional;

/** What a scorer says about a response: a value, or the reason for refusing one. */
public sealed interface ScorerResult permits ScoreValue, ScoreRefusal {
  /** A value that explains itself. */
  static ScorerResult value(double value) {
    return new ScoreValue(value, Optional.empty());
  }

  /** A value with an explanation for people. */
  static ScorerResult value(double value, String explanation) {
    return new ScoreValue(value, Optional.of(explanation));
  }

  /** A refusal that would be the same the next time. */
  static ScorerResult refused(String reason) {
    return new ScoreRefusal(reason, false);
  }

  /** A refusal that may be none the next time. */
  static ScorerResult refusedForNow(String reason) {
    return new ScoreRefusal(reason, true);
  }
}
