package org.rlhfstreams.service.lifecycle;

import java.time.Duration;
import java.util.Locale;

/** A thread has not ended in its share of the {@link ShutdownBudget}; what it uses stays open. */
public final class StillRunningException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String thread;

  /**
   * @param thread its name
   */
  public StillRunningException(String thread, Duration waited) {
    super(
        String.format(
            Locale.ROOT,
            "thread %s has not ended %.0f s after it was told to stop",
            thread,
            waited.toMillis() / 1e3));
    this.thread = thread;
  }

  /** The thread's name. */
  public String thread() {
    return thread;
  }
}
