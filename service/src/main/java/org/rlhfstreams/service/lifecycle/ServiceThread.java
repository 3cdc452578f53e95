package org.rlhfstreams.service.lifecycle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A loop on a thread of its own that stops when asked and whose failure is not lost. */
public final class ServiceThread implements AutoCloseable {
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  private final Thread thread;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean stopped;

  private ServiceThread(String name, Consumer<BooleanSupplier> loop) {
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
   * @param loop returns soon after its argument says true
   */
  public static ServiceThread start(String name, Consumer<BooleanSupplier> loop) {
    ServiceThread service = new ServiceThread(name, loop);
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

  /** Asks the loop to end and waits for it. */
  @Override
  public void close() {
    stop();
    try {
      thread.join(LONGEST_STOP.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
