package org.rlhfstreams.worker.remote;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.service.weights.WeightLease;

/** A proof that says what a test says. */
final class FakeProof implements WeightProof {
  private final List<WeightVersion> taken = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile RuntimeException refusal;

  /** The next proofs fail, so many. */
  void fail(int times) {
    failures.set(times);
  }

  /** Weights are refused from now on, or taken again if null. */
  void refuse(RuntimeException why) {
    refusal = why;
  }

  List<WeightVersion> taken() {
    return List.copyOf(taken);
  }

  @Override
  public void take(WeightLease weights) {
    if (refusal != null) {
      throw refusal;
    }
    taken.add(weights.version());
  }

  @Override
  public DrawRequest question(String id, String label) {
    return new DrawRequest(
        id,
        new int[] {1, 2, 3},
        new Sampling(1, 0, 1, 2, 1),
        Set.of(),
        label,
        Duration.ofSeconds(10));
  }

  @Override
  public Optional<String> difference(EngineDraw drawn) {
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return Optional.of("it computes with other weights");
    }
    return Optional.empty();
  }

  @Override
  public void close() {}
}
