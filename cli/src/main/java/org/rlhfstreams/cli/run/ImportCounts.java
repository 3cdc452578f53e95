package org.rlhfstreams.cli.run;

import java.util.Locale;

/**
 * What an import has done.
 *
 * @param published rows that the topic did not have
 * @param known rows that it had already, which were not published again
 */
public record ImportCounts(long published, long known) {
  /**
   * For people: {@code published 2 prompts; 14 more are on rlhf.prompts already}.
   *
   * @param rows what they are called
   * @param topic its name
   */
  public String text(String rows, String topic) {
    if (known == 0) {
      return String.format(Locale.ROOT, "published %,d %s", published, rows);
    }
    if (published == 0) {
      return String.format(
          Locale.ROOT, "published no %s: all %,d are on %s already", rows, known, topic);
    }
    return String.format(
        Locale.ROOT, "published %,d %s; %,d more are on %s already", published, rows, known, topic);
  }
}
