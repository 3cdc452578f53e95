package org.rlhfstreams.reward;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import org.rlhfstreams.service.kafka.GroupShare;

/** What the reward service counts. */
final class ScoringMeters {
  private final Counter scored;
  private final Counter refused;
  private final Timer batches;

  ScoringMeters(MeterRegistry registry, GroupShare share) {
    Gauge.builder("rlhf.reward.partitions", share, GroupShare::partitions)
        .description("Partitions of rollouts that this process has")
        .register(registry);
    this.scored =
        Counter.builder("rlhf.reward.scored").description("Rollouts scored").register(registry);
    this.refused =
        Counter.builder("rlhf.reward.refused")
            .description("Rollouts sent to dead-letters")
            .register(registry);
    this.batches =
        Timer.builder("rlhf.reward.batch").description("Time to score a batch").register(registry);
  }

  void scored(int rollouts, Instant started) {
    scored.increment(rollouts);
    batches.record(Duration.between(started, Instant.now()));
  }

  void refused(int rollouts) {
    refused.increment(rollouts);
  }
}
