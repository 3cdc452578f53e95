package org.rlhfstreams.cli.terminal;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

/** Says on standard error, every few seconds, how far the work on a file is. */
public final class LineProgress {
  private static final long NANOS_BETWEEN = Duration.ofSeconds(5).toNanos();

  private final String name;
  private final OptionalInt total;
  private final long started = System.nanoTime();
  private long said = started;

  /**
   * @param name of the command
   * @param total lines in all, where known
   */
  public LineProgress(String name, OptionalInt total) {
    this.name = name;
    this.total = total;
  }

  /** So much is done; said if it is time. */
  public void done(long lines, long tokens) {
    long now = System.nanoTime();
    if (now - said >= NANOS_BETWEEN) {
      said = now;
      double seconds = (now - started) / 1e9;
      String left =
          total.isPresent() && lines > 0
              ? ", left " + Durations.text((long) (seconds / lines * (total.getAsInt() - lines)))
              : "";
      System.err.printf(
          Locale.ROOT,
          "%s: %,d%s lines, %,.0f tokens/s%s%n",
          name,
          lines,
          total.isPresent() ? " of " + total.getAsInt() : "",
          tokens / seconds,
          left);
    }
  }

  /** All is done. */
  public void finished(long lines, long tokens, String target) {
    double seconds = (System.nanoTime() - started) / 1e9;
    System.err.printf(
        Locale.ROOT,
        "%s: %,d lines, %,d tokens in %.1f s (%,.0f tokens/s), written to %s%n",
        name,
        lines,
        tokens,
        seconds,
        tokens / seconds,
        target);
  }
}
