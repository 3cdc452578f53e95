package org.rlhfstreams.cli.terminal;

/** Text broken at words to the window's width. */
public final class TextBlock {
  private TextBlock() {}

  /** Lines with a label before the first and blanks as wide before the others. */
  public static String of(String label, String text) {
    int width = Math.max(20, TerminalWindow.columns() - label.length());
    String indent = " ".repeat(label.length());
    StringBuilder block = new StringBuilder(label);
    int used = 0;
    for (String word : text.strip().split("\\s+", -1)) {
      if (used > 0 && used + 1 + word.length() > width) {
        block.append('\n').append(indent);
        used = 0;
      }
      block.append(used > 0 ? " " : "").append(word);
      used += word.length() + (used > 0 ? 1 : 0);
    }
    return block.append('\n').toString();
  }

  /** A line that is broken at words if it is too wide for the terminal, and whole elsewhere. */
  public static String line(String text) {
    if (!TerminalWindow.isPresent() || text.length() < TerminalWindow.columns()) {
      return text;
    }
    String indent = " ".repeat(text.length() - text.stripLeading().length());
    return of(indent, text).stripTrailing();
  }
}
