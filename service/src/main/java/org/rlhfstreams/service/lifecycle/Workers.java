package org.rlhfstreams.service.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** Threads that do a share of the work each; the first that fails ends all of them. */
public final class Workers {
  /** A share of the work. */
  @FunctionalInterface
  public interface Share {
    /**
     * Does it.
     *
     * @param stopped whether another one has failed
     */
    void work(BooleanSupplier stopped);
  }

  private Workers() {}

  /**
   * Runs all of them to their end.
   *
   * @param threads 1 or more
   * @throws RuntimeException what the first one threw that failed
   */
  public static void run(int threads, String name, Share share) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(() -> share.work(() -> failure.get() != null), name + "-" + i);
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler((any, error) -> failure.compareAndSet(null, error));
      running.add(thread);
      thread.start();
    }
    try {
      for (Thread thread : running) {
        thread.join();
      }
    } catch (InterruptedException e) {
      failure.compareAndSet(null, e);
      throw e;
    }
    if (failure.get() instanceof RuntimeException e) {
      throw e;
    }
    if (failure.get() instanceof Error e) {
      throw e;
    }
  }
}
