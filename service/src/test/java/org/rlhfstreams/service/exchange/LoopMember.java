package org.rlhfstreams.service.exchange;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A member's loop on a thread of its own. */
final class LoopMember implements AutoCloseable {
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CompletableFuture<Void> ended;

  /**
   * @param loop returns after its argument says true
   */
  LoopMember(String name, Consumer<BooleanSupplier> loop) {
    this.ended =
        CompletableFuture.runAsync(
            () -> loop.accept(stopped::get),
            command -> {
              Thread thread = new Thread(command, name);
              thread.setDaemon(true);
              thread.start();
            });
  }

  boolean isEnded() {
    return ended.isDone();
  }

  boolean hasFailed() {
    return ended.isCompletedExceptionally();
  }

  /** Waits for its end, and fails as it did. */
  void join() {
    try {
      ended.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    stopped.set(true);
    join();
  }
}
