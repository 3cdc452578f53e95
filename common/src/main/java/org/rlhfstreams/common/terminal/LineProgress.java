package org.rlhfstreams.common.terminal;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

/** Says on standard error, every few seconds, how far the work on a file is. */
public final class LineProgress {
  private static final long NANOS_BETWEEN = Duration.ofSeconds(5).toNanos();

  private final String name;
  private final String unit;
  private final OptionalInt total;
  private final long started = System.nanoTime();
  private long said = started;

  /**
   * @param name of the command
   * @param total lines in all, where known
   */
  public LineProgress(String name, OptionalInt total) {
    this(name, "lines", total);
  }

  /**
   * @param name of the command, and of what it is at
   * @param unit what is counted, in the plural
   * @param total of them, where known
   */
  public LineProgress(String name, String unit, OptionalInt total) {
    this.name = name;
    this.unit = unit;
    this.total = total;
  }

  /** So much is done; said if it is time. */
  public void done(long count, long tokens) {
    long now = System.nanoTime();
    if (now - said >= NANOS_BETWEEN) {
      said = now;
      double seconds = (now - started) / 1e9;
      String left =
          total.isPresent() && count > 0
              ? ", left " + Durations.text((long) (seconds / count * (total.getAsInt() - count)))
              : "";
      System.err.printf(
          Locale.ROOT,
          "%s: %,d%s %s, %,.0f tokens/s%s%n",
          name,
          count,
          total.isPresent() ? " of " + total.getAsInt() : "",
          unit,
          tokens / seconds,
          left);
    }
  }

  /** All is done, and written. */
  public void finished(long count, long tokens, String target) {
    System.err.println(finish(count, tokens) + ", written to " + target);
  }

  /** All is done. */
  public void finished(long count, long tokens) {
    System.err.println(finish(count, tokens));
  }

  private String finish(long count, long tokens) {
    double seconds = (System.nanoTime() - started) / 1e9;
    return String.format(
        Locale.ROOT,
        "%s: %,d %s, %,d tokens in %.1f s (%,.0f tokens/s)",
        name,
        count,
        unit,
        tokens,
        seconds,
        tokens / seconds);
  }
}
