package org.rlhfstreams.worker.openai;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.DirectoryWeights;

/** The newest policy as a test wants it; it may hold the thread that writes completions up. */
final class PolicyStub implements WeightSource {
  private static final String HELD_THREAD = "completions";

  private final ModelDirectory model;
  private final Semaphore steps = new Semaphore(0);
  private volatile WeightVersion newest;
  private volatile WeightVersion next;
  private volatile boolean held;
  private final AtomicInteger looksUntilNext = new AtomicInteger();

  PolicyStub(ModelDirectory model) {
    this.model = model;
  }

  /** A version has arrived. */
  void arrived(long step) {
    newest = new WeightVersion(0, step);
  }

  /** A version arrives while completions are written, after so many tokens. */
  void arrives(long step, int tokens) {
    looksUntilNext.set(tokens);
    next = new WeightVersion(0, step);
  }

  /** Lets nothing be written from here on, but what {@link #allow} says. */
  void hold() {
    held = true;
  }

  /** Lets so many steps happen. */
  void allow(int count) {
    steps.release(count);
  }

  /** Lets all happen. */
  void release() {
    held = false;
    steps.release(1_000_000);
  }

  @Override
  public Optional<WeightVersion> newest() {
    if (Thread.currentThread().getName().equals(HELD_THREAD)) {
      if (held) {
        steps.acquireUninterruptibly();
      }
      if (next != null && looksUntilNext.decrementAndGet() <= 0) {
        newest = next;
        next = null;
      }
    }
    return Optional.ofNullable(newest);
  }

  @Override
  public Optional<WeightLease> lease() {
    return Optional.ofNullable(newest).map(version -> new DirectoryWeights(version, model));
  }
}
