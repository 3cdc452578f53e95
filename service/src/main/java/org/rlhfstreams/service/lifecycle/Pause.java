package org.rlhfstreams.service.lifecycle;

import java.time.Duration;

/** Waiting before another try. */
public final class Pause {
  private Pause() {}

  /** Waits; an interruption ends it and stays noted. */
  public static void of(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
