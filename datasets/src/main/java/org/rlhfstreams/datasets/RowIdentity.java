package org.rlhfstreams.datasets;

import java.util.Optional;
import java.util.function.IntPredicate;
import org.rlhfstreams.common.ContentDigest;

/**
 * Which row of which file an event comes from. It follows from what the row says, not from where it
 * stands: it stays the same if rows before it come or go, and a corrected row is another one.
 *
 * @param file its name, without directories
 * @param row 24 hexadecimal digits; the second row of a file that says the same ends in {@code -2}
 */
public record RowIdentity(String file, String row) {
  private static final int DIGITS = 24;

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
    int end = id.lastIndexOf(':');
    int digits = end + 1 + DIGITS;
    boolean isRow =
        end > 0
            && digits <= id.length()
            && all(id, end + 1, digits, RowIdentity::isHexadecimal)
            && (digits == id.length()
                || (id.charAt(digits) == '-'
                    && digits + 1 < id.length()
                    && all(id, digits + 1, id.length(), RowIdentity::isDecimal)));
    return isRow
        ? Optional.of(new RowIdentity(id.substring(0, end), id.substring(end + 1)))
        : Optional.empty();
  }

  private static boolean all(String text, int from, int to, IntPredicate wanted) {
    for (int i = from; i < to; i++) {
      if (!wanted.test(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDecimal(int character) {
    return character >= '0' && character <= '9';
  }

  private static boolean isHexadecimal(int character) {
    return isDecimal(character) || (character >= 'a' && character <= 'f');
  }

  /** As events have it: {@code train.jsonl:1f0c…}. */
  public String text() {
    return file + ":" + row;
  }
}
