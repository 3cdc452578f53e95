package org.rlhfstreams.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.service.exchange.GroupShare;

/** What a worker counts. The thread that samples and the loop's tell it. */
final class WorkerMeters {
  private final int slots;
  private final Counter rollouts;
  private final Counter tokens;
  private final Counter busy;
  private final Timer requests;
  private final Timer swaps;
  private final DistributionSummary fill;
  private final AtomicLong open = new AtomicLong();
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong step = new AtomicLong(-1);
  private final AtomicLong generation = new AtomicLong(-1);
  private long lookedAt = System.nanoTime();

  /**
   * @param slots responses sampled side by side
   */
  WorkerMeters(MeterRegistry registry, GroupShare share, int slots) {
    this.slots = slots;
    Gauge.builder("rlhf.worker.partitions", share, GroupShare::partitions)
        .description("Partitions of rollout-requests that this worker has")
        .register(registry);
    this.rollouts =
        Counter.builder("rlhf.worker.rollouts").description("Responses sampled").register(registry);
    this.tokens =
        Counter.builder("rlhf.worker.tokens").description("Tokens drawn").register(registry);
    this.requests =
        Timer.builder("rlhf.worker.request")
            .description("Time from queueing a request's responses to the end of the last one")
            .register(registry);
    this.swaps =
        Timer.builder("rlhf.worker.weights.swap")
            .description("Time to take up a version of the policy")
            .register(registry);
    this.fill =
        DistributionSummary.builder("rlhf.worker.batch.fill")
            .description("Share of the slots in use, token by token")
            .register(registry);
    this.busy =
        Counter.builder("rlhf.worker.slots.busy")
            .baseUnit("seconds")
            .description("Time that slots were in use, added up over the slots")
            .register(registry);
    Gauge.builder("rlhf.worker.slots", () -> slots)
        .description("Responses that can be sampled side by side")
        .register(registry);
    Gauge.builder("rlhf.worker.slots.used", used, AtomicLong::doubleValue)
        .description("Responses that are being sampled")
        .register(registry);
    Gauge.builder("rlhf.worker.queue", () -> Math.max(0, open.get() - used.get()))
        .description("Responses that this worker has taken and that wait for a slot or for weights")
        .register(registry);
    Gauge.builder("rlhf.worker.policy.step", step, AtomicLong::doubleValue)
        .description("Step of the policy in use; -1 before there is one")
        .register(registry);
    Gauge.builder("rlhf.worker.policy.generation", generation, AtomicLong::doubleValue)
        .description("Generation of the policy in use; -1 before there is one")
        .register(registry);
  }

  /** A request's responses are finished. */
  void sampled(int responses, Instant started) {
    rollouts.increment(responses);
    requests.record(Duration.between(started, Instant.now()));
  }

  /** So many responses have been taken and are not finished. */
  void open(int responses) {
    open.set(responses);
  }

  /**
   * A token of every running response has been drawn. The thread that samples.
   *
   * @param running responses in a slot now
   * @param drawn tokens since the last call
   */
  void stepped(int running, long drawn) {
    fill.record(running / (double) slots);
    tokens.increment((double) drawn);
    slotsInUse(running);
  }

  /** So many slots are in use from now on. The thread that samples. */
  void slotsInUse(int running) {
    long now = System.nanoTime();
    busy.increment(used.getAndSet(running) * (now - lookedAt) / 1e9);
    lookedAt = now;
  }

  void swapped(Instant started) {
    swaps.record(Duration.between(started, Instant.now()));
  }

  void version(WeightVersion version) {
    step.set(version.getStep());
    generation.set(version.getGeneration());
  }
}
