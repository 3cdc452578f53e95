package org.rlhfstreams.service.lifecycle;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting: for a time, or for a condition. An interruption ends it and stays noted. */
public final class Pause {
  private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();

  private Pause() {}

  /** Waits. */
  public static void of(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits, but not on once it is to stop.
   *
   * @param stopped asked every 20 ms
   */
  public static void of(Duration duration, BooleanSupplier stopped) {
    long until = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
      if (stopped.getAsBoolean() || Thread.currentThread().isInterrupted()) {
        return;
      }
      of(Duration.ofNanos(Math.max(1_000_000, Math.min(left, LOOK_NANOS))));
    }
  }

  /**
   * Waits until a condition holds.
   *
   * @param look between two looks
   * @return false if {@code stopped} said so first
   */
  public static boolean until(BooleanSupplier condition, Duration look, BooleanSupplier stopped) {
    while (!condition.getAsBoolean()) {
      if (stopped.getAsBoolean()) {
        return false;
      }
      of(look);
    }
    return true;
  }
}
