package org.rlhfstreams.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.service.kafka.GroupShare;

/** What a worker counts. */
final class WorkerMeters {
  private final Counter rollouts;
  private final Counter tokens;
  private final Timer batches;
  private final AtomicLong step = new AtomicLong(-1);

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
    registry.gauge("rlhf.worker.policy.step", step);
  }

  void sampled(int responses, long drawn, Instant started) {
    rollouts.increment(responses);
    tokens.increment((double) drawn);
    batches.record(Duration.between(started, Instant.now()));
  }

  void version(WeightVersion version) {
    step.set(version.getStep());
  }
}
