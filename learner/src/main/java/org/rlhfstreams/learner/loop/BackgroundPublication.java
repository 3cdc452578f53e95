package org.rlhfstreams.learner.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** Lets one step leave while the next is learned; steps leave in order. */
final class BackgroundPublication implements AutoCloseable {
  private final Publication publication;
  private final BooleanSupplier stopped;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "publication");
            thread.setDaemon(true);
            return thread;
          });
  private CompletableFuture<Boolean> leaving = CompletableFuture.completedFuture(true);

  /**
   * @param publication closed with this object
   * @param stopped ends the wait for a broker that is away
   */
  BackgroundPublication(Publication publication, BooleanSupplier stopped) {
    this.publication = publication;
    this.stopped = stopped;
  }

  /** Begins to publish a step. The one before must have left: see {@link #left}. */
  void begin(Publication.Outgoing outgoing) {
    leaving =
        CompletableFuture.supplyAsync(
            () -> {
              try (outgoing) {
                return publication.publish(outgoing, stopped);
              }
            },
            executor);
  }

  /**
   * Waits until what was begun has left.
   *
   * @return false where it has not, because of {@code stopped}
   * @throws org.rlhfstreams.service.kafka.ConnectionException where another learner has taken over
   */
  boolean left() {
    try {
      return leaving.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Whether a step cannot leave, so that there is no use in learning on. */
  boolean failed() {
    return leaving.isCompletedExceptionally();
  }

  @Override
  public void close() {
    leaving.exceptionally(e -> false).join();
    executor.shutdown();
    publication.close();
  }
}
