package org.rlhfstreams.worker.remote;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Pauses between attempts that fail: each is about twice the one before, up to a longest, and none
 * is quite like another worker's. One thread.
 */
final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final SplittableRandom random = new SplittableRandom();
  private int failures;

  /**
   * @param first pause
   * @param longest pause
   */
  Backoff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
  }

  /**
   * The pause after one more failure.
   *
   * @param asked how long the other side wants to be left alone
   */
  Duration next(Duration asked) {
    double grown = (double) first.toNanos() * Math.pow(2, (double) Math.min(failures++, 30));
    double most = (double) longest.toNanos();
    long nanos = (long) (Math.min(grown, most) * random.nextDouble(0.75, 1.25));
    return asked.toNanos() > nanos ? asked : Duration.ofNanos(nanos);
  }

  /** Failures since the last success. */
  int failures() {
    return failures;
  }

  /** An attempt has succeeded. */
  void reset() {
    failures = 0;
  }
}
