package org.rlhfstreams.learner.loop;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.service.lifecycle.Retry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that a disk which is full, or away, holds a run up and does not end it. What was written
 * before stays valid meanwhile.
 */
final class UntilWritten {
  private static final Logger LOG = LoggerFactory.getLogger(UntilWritten.class);

  private final Duration pause;
  private final BooleanSupplier stopped;

  /**
   * @param pause between two tries
   * @param stopped ends the tries
   */
  UntilWritten(Duration pause, BooleanSupplier stopped) {
    this.pause = pause;
    this.stopped = stopped;
  }

  /**
   * Writes.
   *
   * @throws CheckpointException where it failed and {@code stopped} says so
   * @throws UncheckedIOException the same
   */
  void write(Runnable writing) {
    Retry.every(pause)
        .after(CheckpointException.class)
        .after(UncheckedIOException.class)
        .unless(stopped)
        .telling(
            error ->
                LOG.warn(
                    "{}; what was written before stays, and it is tried again", error.getMessage()))
        .call(
            () -> {
              writing.run();
              return null;
            });
  }
}
