package org.rlhfstreams.reward;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.service.exchange.GroupShare;

/** What the reward service counts. */
final class ScoringMeters {
  private final Counter scored;
  private final Counter refused;
  private final Timer batches;
  private volatile double score = Double.NaN;
  private volatile double kl = Double.NaN;

  ScoringMeters(MeterRegistry registry, GroupShare share) {
    Gauge.builder("rlhf.reward.partitions", share, GroupShare::partitions)
        .description("Partitions of rollouts that this process has")
        .register(registry);
    Gauge.builder("rlhf.reward.score", () -> score)
        .description("Mean score of the newest batch")
        .register(registry);
    Gauge.builder("rlhf.reward.kl", () -> kl)
        .description("Mean KL of a response of the newest batch to the reference, in nats")
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

  void scored(List<ScoredRollout> rollouts, Instant started) {
    scored.increment(rollouts.size());
    score = rollouts.stream().mapToDouble(ScoredRollout::getScore).average().orElse(score);
    kl =
        rollouts.stream()
            .mapToDouble(rollout -> rollout.getKl().stream().mapToDouble(Float::doubleValue).sum())
            .average()
            .orElse(kl);
    batches.record(Duration.between(started, Instant.now()));
  }

  void refused(int rollouts) {
    refused.increment(rollouts);
  }
}
