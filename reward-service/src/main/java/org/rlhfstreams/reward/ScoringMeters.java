package org.rlhfstreams.reward;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.service.exchange.GroupShare;

/** What is counted of one scorer. */
final class ScoringMeters {
  private final boolean reference;
  private final Counter scored;
  private final Counter refused;
  private final Timer batches;
  private volatile double newest = Double.NaN;

  ScoringMeters(MeterRegistry registry, String scorer, GroupShare share) {
    Tags tags = Tags.of("scorer", scorer);
    this.reference = scorer.equals(ScoreRules.REFERENCE);
    Gauge.builder("rlhf.reward.partitions", share, GroupShare::partitions)
        .description("Partitions of rollouts that this process has")
        .tags(tags)
        .register(registry);
    if (reference) {
      Gauge.builder("rlhf.reward.kl", () -> newest)
          .description("Mean KL of a response of the newest batch to the reference, in nats")
          .tags(tags)
          .register(registry);
    } else {
      Gauge.builder("rlhf.reward.score", () -> newest)
          .description("Mean score of the newest batch")
          .tags(tags)
          .register(registry);
    }
    this.scored =
        Counter.builder("rlhf.reward.scored")
            .description("Rollouts scored")
            .tags(tags)
            .register(registry);
    this.refused =
        Counter.builder("rlhf.reward.refused")
            .description("Rollouts that cannot be scored")
            .tags(tags)
            .register(registry);
    this.batches =
        Timer.builder("rlhf.reward.batch")
            .description("Time to score a batch")
            .tags(tags)
            .register(registry);
  }

  /**
   * A batch is scored.
   *
   * @param scores of the rollouts, in their order
   */
  void scored(List<Rollout> rollouts, List<Score> scores, Instant started) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < scores.size(); i++) {
      Score score = scores.get(i);
      if (score.getValue() != null) {
        sum += reference ? kl(rollouts.get(i), score) : score.getValue();
        count++;
      }
    }
    if (count > 0) {
      newest = sum / count;
    }
    scored.increment(count);
    refused.increment((double) scores.size() - count);
    batches.record(Duration.between(started, Instant.now()));
  }

  /** The sum of k1 over the response. */
  private static double kl(Rollout rollout, Score score) {
    return RolloutRules.comparableLogProbabilities(rollout).stream()
            .mapToDouble(Float::doubleValue)
            .sum()
        - score.getValue();
  }

  /** What is no rollout is left to the join. */
  void passedOver() {
    refused.increment();
  }
}
