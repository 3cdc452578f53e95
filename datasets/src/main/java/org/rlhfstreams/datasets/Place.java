package org.rlhfstreams.datasets;

import java.util.Locale;

/**
 * Where a row stands.
 *
 * @param file its name, without directories
 * @param unit what {@code number} counts
 * @param number counted from 1
 */
public record Place(String file, Unit unit, long number) {
  /** What a kind of file is counted in. */
  public enum Unit {
    /** Of text. */
    LINE,
    /** Of a table or an array; the names of a CSV are its first. */
    ROW
  }

  /** For people: {@code a.jsonl, line 3}. */
  public String described() {
    return String.format(
        Locale.ROOT, "%s, %s %d", file, unit == Unit.LINE ? "line" : "row", number);
  }

  /** As events have it: {@code a.jsonl:3}. */
  public String source() {
    return file + ":" + number;
  }
}
