package org.rlhfstreams.cli.terminal;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a window shows after what was written to it: characters, line ends, the cursor's way up, the
 * deletion to the end of the line or of the window, and the break of a line that is too wide.
 */
final class EmulatedTerminal extends OutputStream {
  private static final Pattern UP = Pattern.compile("\\[(\\d+)A");
  private static final Pattern CLEAR = Pattern.compile("\\[([KJ])");

  private final int columns;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));
  private int row;
  private int column;
  private boolean broken;

  EmulatedTerminal(int columns) {
    this.columns = columns;
  }

  @Override
  public synchronized void write(int one) {
    bytes.write(one);
  }

  /** Lines from the top, without blanks at their ends. */
  synchronized List<String> lines() {
    draw(bytes.toString(StandardCharsets.UTF_8));
    bytes.reset();
    return rows.stream().map(line -> line.toString().stripTrailing()).toList();
  }

  /** Whether a line was so long that the window broke it. */
  boolean hasBrokenALine() {
    return broken;
  }

  private void draw(String text) {
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '\n') {
        down();
      } else if (next == '\r') {
        column = 0;
      } else if (next == '\u001B') {
        i += obey(text.substring(i + 1));
      } else {
        put(next);
      }
    }
  }

  /** How many characters the sequence has. */
  private int obey(String rest) {
    Matcher up = UP.matcher(rest);
    if (up.lookingAt()) {
      row = Math.max(0, row - Integer.parseInt(up.group(1)));
      return up.end();
    }
    Matcher clear = CLEAR.matcher(rest);
    if (clear.lookingAt()) {
      rows.get(row).setLength(Math.min(column, rows.get(row).length()));
      if (clear.group(1).equals("J")) {
        rows.subList(row + 1, rows.size()).clear();
      }
      return clear.end();
    }
    throw new IllegalArgumentException("a sequence that is not known here: " + rest);
  }

  private void put(char character) {
    if (column == columns) {
      broken = true;
      down();
    }
    StringBuilder line = rows.get(row);
    line.append(" ".repeat(Math.max(0, column + 1 - line.length())));
    line.setCharAt(column++, character);
  }

  private void down() {
    column = 0;
    row++;
    if (row == rows.size()) {
      rows.add(new StringBuilder());
    }
  }
}
