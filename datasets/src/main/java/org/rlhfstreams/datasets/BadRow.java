package org.rlhfstreams.datasets;

import java.util.Locale;

/**
 * A row that cannot be used, as its dead letter has it.
 *
 * @param file its name
 * @param number of the row or its line, counted from 1
 * @param content as it stands in the file, as far as it could be read
 * @param kind what rows with the same fault are counted under
 * @param reason what is wrong with it
 */
public record BadRow(String file, long number, String content, String kind, String reason) {
  /** One line for people. */
  public String described() {
    return String.format(Locale.ROOT, "%s, row %d: %s", file, number, reason);
  }
}
