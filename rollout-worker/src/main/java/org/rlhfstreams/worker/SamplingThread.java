package org.rlhfstreams.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.worker.engine.SamplingEngine;

/**
 * The thread that samples, token by token: between two tokens it does what the loop's thread asks
 * for. The loop's thread never waits for it.
 */
final class SamplingThread implements AutoCloseable {
  private static final Duration WEIGHTS_PAUSE = Duration.ofMillis(5);
  private static final long IDLE_MILLIS = 100;

  private final BlockingQueue<Consumer<SlotSampling>> commands = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<RequestTask> ended = new ConcurrentLinkedQueue<>();
  private final AtomicLong rounds = new AtomicLong();
  private final ServiceThread thread;
  private volatile int heldBack;

  /**
   * @param engine made, used and closed by the thread
   * @param startRule used by the thread alone
   */
  SamplingThread(Supplier<SamplingEngine> engine, StartRule startRule, WorkerMeters meters) {
    this.thread =
        ServiceThread.start(
            "rollout-sampling",
            ShutdownBudget.SAMPLING,
            stopped -> run(engine, startRule, meters, stopped));
  }

  private void run(
      Supplier<SamplingEngine> maker,
      StartRule startRule,
      WorkerMeters meters,
      BooleanSupplier stopped) {
    try (SamplingEngine engine = maker.get()) {
      SlotSampling sampling = new SlotSampling(engine, startRule, meters);
      while (!stopped.getAsBoolean()) {
        obey(sampling);
        if (!sampling.advance() && !sampling.isIdle()) {
          Pause.of(WEIGHTS_PAUSE);
        }
        ended.addAll(sampling.takeEnded());
        heldBack = sampling.heldBack();
        rounds.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void obey(SlotSampling sampling) throws InterruptedException {
    Consumer<SlotSampling> command =
        sampling.isIdle() ? commands.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS) : commands.poll();
    for (; command != null; command = commands.poll()) {
      command.accept(sampling);
    }
  }

  /** Does something between two tokens. */
  void between(Consumer<SlotSampling> command) {
    commands.add(command);
  }

  /**
   * Requests that have ended since the last call.
   *
   * @throws RuntimeException whatever has ended the thread
   */
  List<RequestTask> takeEnded() {
    if (thread.ended().isCompletedExceptionally()) {
      try {
        thread.ended().join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw e;
      }
    }
    List<RequestTask> taken = new ArrayList<>();
    for (RequestTask task = ended.poll(); task != null; task = ended.poll()) {
      taken.add(task);
    }
    return taken;
  }

  /** Responses of requests that may not begin yet. */
  int heldBack() {
    return heldBack;
  }

  /** Grows with each token, and while it waits for requests or weights. */
  long rounds() {
    return rounds.get();
  }

  @Override
  public void close() {
    thread.stop();
    commands.add(sampling -> {}); // wakes it
    thread.close();
  }
}
