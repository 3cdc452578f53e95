package org.rlhfstreams.worker.openai;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.EventProtocol;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.WeightSnapshot;

/** The newest policy as a test wants it; it may hold the thread that writes completions up. */
final class PolicyStub implements Supplier<Optional<WeightSnapshot>> {
  private static final String HELD_THREAD = "completions";

  private final List<PublishedTensor> tensors;
  private final Semaphore steps = new Semaphore(0);
  private volatile WeightSnapshot newest;
  private volatile WeightSnapshot next;
  private volatile boolean held;
  private final AtomicInteger looksUntilNext = new AtomicInteger();

  PolicyStub(ModelDirectory model) {
    this.tensors =
        model.expectedTensors().stream()
            .map(
                tensor ->
                    new PublishedTensor(
                        tensor.name(), tensor.shape(), model.readTensor(tensor.name())))
            .toList();
  }

  /** A version has arrived. */
  void arrived(long step) {
    newest = snapshot(step);
  }

  /** A version arrives while completions are written, after so many tokens. */
  void arrives(long step, int tokens) {
    looksUntilNext.set(tokens);
    next = snapshot(step);
  }

  private WeightSnapshot snapshot(long step) {
    return new WeightSnapshot(new WeightVersion(0, step), EventProtocol.VERSION, tensors);
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
  public Optional<WeightSnapshot> get() {
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
}
