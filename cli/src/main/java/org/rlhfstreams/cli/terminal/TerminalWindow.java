package org.rlhfstreams.cli.terminal;

/** Whether a person watches, and how wide the window is; the launcher script knows. */
public final class TerminalWindow {
  private static final int USUAL_COLUMNS = 80;

  private TerminalWindow() {}

  /** Whether standard output is a terminal. */
  public static boolean isPresent() {
    return Boolean.getBoolean("rlhf.terminal");
  }

  /** Characters of a line. */
  public static int columns() {
    return Integer.getInteger("rlhf.columns", USUAL_COLUMNS);
  }
}
