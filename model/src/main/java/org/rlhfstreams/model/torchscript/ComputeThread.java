package org.rlhfstreams.model.torchscript;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The rule that all large tensor operations of a process run on one thread, in the order of their
 * arrival. PyTorch keeps OpenMP threads for each thread that calls it; with more of them than cores
 * they sleep between operations, and waking them cost more than a third of a step here.
 */
public final class ComputeThread {
  private static final ExecutorService EXECUTOR =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "compute");
            thread.setDaemon(true);
            computing = thread;
            return thread;
          });

  private static volatile Thread computing;

  private ComputeThread() {}

  /**
   * Runs an operation there and waits for it; what it throws is thrown here. An operation that is
   * part of another one runs at once, within that one.
   */
  public static <T> T call(Supplier<T> operation) {
    if (Thread.currentThread() == computing) {
      return operation.get();
    }
    boolean interrupted = false;
    var result = EXECUTOR.submit(operation::get);
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true; // the operation owns its tensors until it is done
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException cause) {
            throw cause;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
