package org.rlhfstreams.datasets;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlhfstreams.common.ContentDigest;

/**
 * Which row of which file an event comes from. It follows from what the row says, not from where it
 * stands: it stays the same if rows before it come or go, and a corrected row is another one.
 *
 * @param file its name, without directories
 * @param row 24 hexadecimal digits; the second row of a file that says the same ends in {@code -2}
 */
public record RowIdentity(String file, String row) {
  private static final Pattern ID =
      Pattern.compile("(.+):([0-9a-f]{24}(?:-[0-9]+)?)", Pattern.DOTALL);

  /**
   * Identity of a row.
   *
   * @param occurrence how many rows of the file up to this one say the same; 1 or more
   */
  static RowIdentity of(String file, ContentDigest content, int occurrence) {
    String row = content.shortText();
    return new RowIdentity(file, occurrence == 1 ? row : row + "-" + occurrence);
  }

  /** Identity in an event's id; empty if the id is not one of a file's row. */
  public static Optional<RowIdentity> parse(String id) {
    Matcher matcher = ID.matcher(id);
    return matcher.matches()
        ? Optional.of(new RowIdentity(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /** As events have it: {@code train.jsonl:1f0c…}. */
  public String text() {
    return file + ":" + row;
  }
}
