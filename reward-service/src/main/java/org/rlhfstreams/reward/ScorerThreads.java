package org.rlhfstreams.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.rlhfstreams.service.exchange.GroupShare;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.lifecycle.StillRunningException;

/**
 * A thread for each scorer, so that a slow one holds up none but itself. They are asked to end
 * together, and share the time that a loop has for it.
 */
final class ScorerThreads implements AutoCloseable {
  private final List<ServiceThread> threads = new ArrayList<>();
  private final List<GroupShare> shares = new ArrayList<>();

  /**
   * Starts one.
   *
   * @param share of its group
   * @param loop opens the scorer, scores until it is told to stop, and closes it
   */
  void start(String scorer, GroupShare share, Consumer<BooleanSupplier> loop) {
    shares.add(share);
    threads.add(ServiceThread.start("scorer-" + scorer, ShutdownBudget.LOOP, loop));
  }

  /** Why one of them takes no work yet, if one does not. */
  Optional<String> unready() {
    return shares.stream().flatMap(share -> share.unready().stream()).findFirst();
  }

  /** Completes when one ends; exceptionally if it failed. */
  CompletableFuture<Void> ended() {
    return CompletableFuture.anyOf(
            threads.stream().map(ServiceThread::ended).toArray(CompletableFuture<?>[]::new))
        .thenApply(ended -> null);
  }

  @Override
  public void close() {
    threads.forEach(ServiceThread::stop);
    Optional<StillRunningException> running = Optional.empty();
    for (ServiceThread thread : threads) {
      try {
        thread.close();
      } catch (StillRunningException e) {
        running = Optional.of(e);
      }
    }
    if (running.isPresent()) {
      throw running.get();
    }
  }
}
