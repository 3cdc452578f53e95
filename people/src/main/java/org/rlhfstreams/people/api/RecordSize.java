package org.rlhfstreams.people.api;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.rlhfstreams.people.problems.ProblemException;

/** The rule how much text a record may have, so that the log takes it with what else it holds. */
final class RecordSize {
  private static final int MOST_BYTES = 900_000;

  private RecordSize() {}

  /**
   * Refuses what does not fit.
   *
   * @param field at fault
   * @throws ProblemException 413
   */
  static void require(String field, long bytes) {
    if (bytes > MOST_BYTES) {
      throw ProblemException.at(
          field,
          413,
          "Too large",
          String.format(Locale.ROOT, "it has %d bytes of text; %d fit", bytes, MOST_BYTES));
    }
  }

  static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
