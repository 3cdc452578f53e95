package org.rlhfstreams.cli.terminal;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A terminal on which a panel is redrawn while others write lines. What others write is passed on
 * line by line, and never between two lines of the panel.
 */
final class SharedScreen implements AutoCloseable {
  private static final String CLEAR_LINE = "\u001B[K";
  private static final String CLEAR_BELOW = "\u001B[J";

  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final List<Lines> taken = new ArrayList<>();
  private int panelLines;

  private SharedScreen() {}

  /** Standard output as it is: nothing is redrawn. */
  static SharedScreen plain() {
    return new SharedScreen();
  }

  /** Takes over standard output and error of this process. */
  static SharedScreen take() {
    SharedScreen screen = new SharedScreen();
    System.setOut(screen.lines(screen.out));
    System.setErr(screen.lines(screen.err));
    return screen;
  }

  private PrintStream lines(PrintStream target) {
    Lines lines = new Lines(target);
    taken.add(lines);
    return new PrintStream(lines, true, StandardCharsets.UTF_8);
  }

  /** Writes a line that stays. */
  synchronized void line(String text) {
    panelLines = 0;
    out.println(text);
    out.flush();
  }

  /** Draws the panel over itself, or below what others have written since. */
  synchronized void panel(Iterable<String> lines) {
    StringBuilder text = new StringBuilder("\r"); // a key that was typed has moved the cursor
    if (panelLines > 0) {
      text.append("\u001B[").append(panelLines).append('A');
    }
    panelLines = 0;
    for (String line : lines) {
      text.append(CLEAR_LINE).append(line).append('\n');
      panelLines++;
    }
    text.append(CLEAR_BELOW); // a longer panel before this one, or a key that was typed
    out.print(text);
    out.flush();
  }

  /** Gives standard output and error back, and shows what was written last without a line's end. */
  @Override
  public synchronized void close() {
    if (!taken.isEmpty()) {
      System.setOut(out);
      System.setErr(err);
      taken.forEach(Lines::pass);
      taken.clear();
    }
  }

  /** Passes whole lines on; the panel then goes below them. */
  private final class Lines extends OutputStream {
    private final PrintStream target;
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();

    private Lines(PrintStream target) {
      this.target = target;
    }

    @Override
    public void write(int one) {
      synchronized (SharedScreen.this) {
        unfinished.write(one);
        if (one == '\n') {
          pass();
        }
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      synchronized (SharedScreen.this) {
        int end = offset + length;
        while (end > offset && bytes[end - 1] != '\n') {
          end--;
        }
        unfinished.write(bytes, offset, end - offset);
        if (end > offset) {
          pass();
        }
        unfinished.write(bytes, end, offset + length - end);
      }
    }

    private void pass() {
      panelLines = 0;
      target.write(unfinished.toByteArray(), 0, unfinished.size());
      target.flush();
      unfinished.reset();
    }

    /** An unfinished line waits for its end. */
    @Override
    public void flush() {
      synchronized (SharedScreen.this) {
        target.flush();
      }
    }
  }
}
