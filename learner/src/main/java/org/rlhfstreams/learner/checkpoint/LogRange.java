package org.rlhfstreams.learner.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * Offsets of one partition that a run reads. They are part of every checkpoint, so that a restart
 * reads the same, whatever has been added since.
 *
 * @param from first offset that is read
 * @param until first offset that is not; {@link #NEVER} if reading goes on
 */
public record LogRange(long from, long until) {
  /** End of a range that has none. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final String FROM = "from";
  private static final String UNTIL = "until";

  static LogRange read(CheckpointFields fields) {
    return new LogRange(fields.integer(FROM), fields.integer(UNTIL));
  }

  void write(ObjectNode json) {
    json.put(FROM, from).put(UNTIL, until);
  }

  /** Whether the range has an end. */
  public boolean isBounded() {
    return until != NEVER;
  }

  /** The range in words, for people. */
  public String text() {
    return isBounded()
        ? String.format(Locale.ROOT, "offsets %,d to %,d", from, until - 1)
        : String.format(Locale.ROOT, "from offset %,d on, for ever", from);
  }
}
