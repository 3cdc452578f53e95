package org.rlhfstreams.cli.terminal;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/** A terminal on which a panel is redrawn while others write lines. */
final class SharedScreen {
  private final PrintStream out;
  private final AtomicBoolean others;

  private SharedScreen(PrintStream out, AtomicBoolean others) {
    this.out = out;
    this.others = others;
  }

  /** Standard output as it is: nothing is redrawn. */
  static SharedScreen plain() {
    return new SharedScreen(System.out, new AtomicBoolean());
  }

  /** Takes over standard output and error of this process. */
  static SharedScreen take() {
    AtomicBoolean others = new AtomicBoolean();
    PrintStream out = System.out;
    System.setOut(noticing(out, others));
    System.setErr(noticing(System.err, others));
    return new SharedScreen(out, others);
  }

  private static PrintStream noticing(PrintStream target, AtomicBoolean written) {
    OutputStream noticed =
        new OutputStream() {
          @Override
          public void write(int one) {
            written.set(true);
            target.write(one);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            written.set(true);
            target.write(bytes, offset, length);
          }

          @Override
          public void flush() {
            target.flush();
          }
        };
    return new PrintStream(noticed, true, StandardCharsets.UTF_8);
  }

  /** What the panel is drawn on. */
  PrintStream out() {
    return out;
  }

  /** Whether others have written since this was asked last. */
  boolean wasWrittenByOthers() {
    return others.getAndSet(false);
  }
}
