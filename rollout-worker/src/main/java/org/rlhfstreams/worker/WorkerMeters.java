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

/** What a worker counts. */
final class WorkerMeters {
  private final Counter rollouts;
  private final Counter tokens;
  private final Timer batches;
  private final Timer swaps;
  private final DistributionSummary fill;
  private final AtomicLong step = new AtomicLong(-1);
  private final AtomicLong generation = new AtomicLong(-1);

  WorkerMeters(MeterRegistry registry, GroupShare share) {
    Gauge.builder("rlhf.worker.partitions", share, GroupShare::partitions)
        .description("Partitions of rollout-requests that this worker has")
        .register(registry);
    this.rollouts =
        Counter.builder("rlhf.worker.rollouts").description("Responses sampled").register(registry);
    this.tokens =
        Counter.builder("rlhf.worker.tokens").description("Tokens drawn").register(registry);
    this.batches =
        Timer.builder("rlhf.worker.batch").description("Time to sample a batch").register(registry);
    this.swaps =
        Timer.builder("rlhf.worker.weights.swap")
            .description("Time to take up a version of the policy")
            .register(registry);
    this.fill =
        DistributionSummary.builder("rlhf.worker.batch.fill")
            .description("Share of the places in the batch that are sampled in, token by token")
            .register(registry);
    Gauge.builder("rlhf.worker.policy.step", step, AtomicLong::doubleValue)
        .description("Step of the policy in use; -1 before there is one")
        .register(registry);
    Gauge.builder("rlhf.worker.policy.generation", generation, AtomicLong::doubleValue)
        .description("Generation of the policy in use; -1 before there is one")
        .register(registry);
  }

  void sampled(int responses, long drawn, Instant started) {
    rollouts.increment(responses);
    tokens.increment((double) drawn);
    batches.record(Duration.between(started, Instant.now()));
  }

  /**
   * A token of every running response has been drawn.
   *
   * @param filled share of the places, 0 to 1
   */
  void stepped(double filled) {
    fill.record(filled);
  }

  void swapped(Instant started) {
    swaps.record(Duration.between(started, Instant.now()));
  }

  void version(WeightVersion version) {
    step.set(version.getStep());
    generation.set(version.getGeneration());
  }
}
