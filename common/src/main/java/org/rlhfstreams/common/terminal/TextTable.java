package org.rlhfstreams.common.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows in aligned columns: the first to the left, figures to the right. */
public final class TextTable {
  private static final String BETWEEN = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** A table with a line of names. */
  public TextTable(String... names) {
    rows.add(List.of(names));
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException where it has more or fewer cells than the names
   */
  public TextTable row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%d cells in a table of %d columns", cells.length, rows.get(0).size()));
    }
    rows.add(List.of(cells));
    return this;
  }

  /** Lines to print. */
  public List<String> lines() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String blanks = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? row.get(i) + blanks : BETWEEN + blanks + row.get(i));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
