package org.rlhfstreams.service.lifecycle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A loop on a thread of its own that stops when asked and whose failure is not lost. */
public final class ServiceThread implements AutoCloseable {
  private final Thread thread;
  private final Duration longestStop;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean stopped;

  private ServiceThread(String name, Duration longestStop, Consumer<BooleanSupplier> loop) {
    this.longestStop = longestStop;
    this.thread =
        new Thread(
            () -> {
              try {
                loop.accept(() -> stopped);
                ended.complete(null);
              } catch (Throwable e) {
                ended.completeExceptionally(e);
              }
            },
            name);
    thread.setDaemon(true);
  }

  /**
   * Starts a loop.
   *
   * @param longestStop its share of the {@link ShutdownBudget}
   * @param loop returns within that time after its argument says true
   */
  public static ServiceThread start(
      String name, Duration longestStop, Consumer<BooleanSupplier> loop) {
    ServiceThread service = new ServiceThread(name, longestStop, loop);
    service.thread.start();
    return service;
  }

  /** Completes when the loop ends; exceptionally where it failed. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /** Asks the loop to end, without waiting. */
  public void stop() {
    stopped = true;
  }

  /**
   * Asks the loop to end and waits for it.
   *
   * @throws StillRunningException if it does not end in time: nothing that it uses may be freed
   */
  @Override
  public void close() {
    stop();
    try {
      thread.join(longestStop.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      throw new StillRunningException(thread.getName(), longestStop);
    }
  }
}
