package org.rlhfstreams.scorers.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Makes calls at once, not more than allowed whatever the number of callers. */
public final class CallPool implements AutoCloseable {
  private final ExecutorService threads;

  /**
   * Threads for calls; they start when they are needed.
   *
   * @param name of the threads
   * @param concurrency the most calls at once
   */
  public CallPool(String name, int concurrency) {
    AtomicInteger count = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            concurrency,
            work -> {
              Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Makes calls and waits for all of them. If this thread is interrupted, those that are not done
   * are stopped, and the interrupt flag stays set.
   *
   * @param failed what stands for a call that was stopped or has thrown something
   * @return what each has returned, in their order
   */
  public <T> List<T> all(List<Callable<T>> calls, Function<String, T> failed) {
    List<Future<T>> begun = new ArrayList<>();
    for (Callable<T> call : calls) {
      try {
        begun.add(threads.submit(call));
      } catch (RejectedExecutionException e) {
        break; // closed
      }
    }
    List<T> results = new ArrayList<>();
    boolean interrupted = false;
    for (int i = 0; i < calls.size(); i++) {
      if (i >= begun.size()) {
        results.add(failed.apply("the scorer was closed"));
        continue;
      }
      try {
        results.add(begun.get(i).get());
      } catch (InterruptedException e) {
        interrupted = true;
        begun.forEach(one -> one.cancel(true));
        results.add(failed.apply("interrupted"));
      } catch (CancellationException e) {
        results.add(failed.apply("interrupted"));
      } catch (ExecutionException e) {
        results.add(
            failed.apply(
                e.getCause() instanceof InterruptedException
                    ? "interrupted"
                    : "the scorer failed: " + e.getCause()));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return results;
  }

  @Override
  public void close() {
    threads.shutdownNow().forEach(CallPool::cancel);
  }

  /** A call that was never begun would keep its caller waiting. */
  private static void cancel(Runnable task) {
    if (task instanceof Future<?> future) {
      future.cancel(true);
    }
  }
}
