package org.rlhfstreams.controller;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.rlhfstreams.topology.scores.ScoresListener;

/** What is counted of the join of scores. */
final class ScoresMeters implements ScoresListener {
  private final MeterRegistry registry;
  private final Counter joined;

  ScoresMeters(MeterRegistry registry) {
    this.registry = registry;
    this.joined =
        Counter.builder("rlhf.scores.joined")
            .description("Rollouts that have all the scores that are required")
            .register(registry);
  }

  @Override
  public void joined() {
    joined.increment();
  }

  @Override
  public void lost(String scorer) {
    count("rlhf.scores.lost", "Rollouts lost for want of a score by this scorer", scorer);
  }

  @Override
  public void late(String scorer) {
    count("rlhf.scores.late", "Scores that came twice, or after their rollout went on", scorer);
  }

  @Override
  public void unmatched(String scorer) {
    count("rlhf.scores.unmatched", "Scores for which no rollout has come", scorer);
  }

  private void count(String name, String description, String scorer) {
    Counter.builder(name)
        .description(description)
        .tag("scorer", scorer)
        .register(registry)
        .increment();
  }
}
