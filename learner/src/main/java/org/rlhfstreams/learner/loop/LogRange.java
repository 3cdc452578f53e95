package org.rlhfstreams.learner.loop;

import java.util.Map;

/**
 * Offsets of one partition that a run reads. They are part of every checkpoint, so that a restart
 * reads the same, whatever has been added since.
 *
 * @param from the first that is read
 * @param until the first that is not; {@link #NEVER} where reading goes on
 */
record LogRange(long from, long until) {
  static final long NEVER = Long.MAX_VALUE;

  private static final String FROM = "from";
  private static final String UNTIL = "until";

  /** The range in a position that {@link #into} has written. */
  static LogRange of(Map<String, Long> position) {
    return new LogRange(position.get(FROM), position.get(UNTIL));
  }

  /** Writes itself into a position. */
  void into(Map<String, Long> position) {
    position.put(FROM, from);
    position.put(UNTIL, until);
  }

  boolean isBounded() {
    return until != NEVER;
  }

  /** For people. */
  String text() {
    return isBounded()
        ? "offsets %,d to %,d".formatted(from, until - 1)
        : "from offset %,d on, for ever".formatted(from);
  }
}
