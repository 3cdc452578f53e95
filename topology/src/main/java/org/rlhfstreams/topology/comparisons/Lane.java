package org.rlhfstreams.topology.comparisons;

import java.util.Locale;

/** Why a question is asked. Each has its share of the backlog. */
enum Lane {
  /** The two responses are close in score: the answer tells the reward model most. */
  CLOSE,
  /** Taken at random, so that what people judge is not only what the reward model finds hard. */
  RANDOM,
  /** The right answer is known. */
  GOLD;

  /** As events have it. */
  String reason() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Lane of(String reason) {
    return valueOf(reason.toUpperCase(Locale.ROOT));
  }
}
