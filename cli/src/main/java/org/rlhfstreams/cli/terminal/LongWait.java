package org.rlhfstreams.cli.terminal;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Says what is waited for, if that takes longer than a second. */
public final class LongWait implements AutoCloseable {
  /** After which a wait is said. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "long-wait");
            thread.setDaemon(true);
            return thread;
          });

  LongWait(PrintStream out, Duration patience, String what) {
    timer.schedule(
        () -> {
          out.println(what + " ...");
          out.flush();
        },
        patience.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
