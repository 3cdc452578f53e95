package org.rlhfstreams.learner;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.Attributes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.loop.RecordOrigin;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.loop.StepReport;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.metrics.QueueMeters;
import org.rlhfstreams.service.tracing.StageTracing;

/** What a learner counts, and where the traces of what it learned from end. */
final class LearnerMeters implements StepListener {
  private static final String REWARD = "objective/scores/";
  private static final String EVALUATED_REWARD = "evaluation/scores/";
  private static final double[] VERSIONS = {0.5, 1, 2, 4, 8, 16, 32};

  private final MeterRegistry registry;
  private final QueueMeters queue;
  private final StageTracing tracing;
  private final Runnable begun;
  private final StepListener next;
  private final DistributionSummary staleness;
  private final Map<String, Double> newest = new ConcurrentHashMap<>();
  private List<RecordOrigin> learning = List.of();
  private boolean rollouts;
  private Instant began = Instant.now();

  /**
   * @param begun called when the run takes examples
   * @param next hears everything too
   */
  LearnerMeters(
      MeterRegistry registry,
      QueueMeters queue,
      StageTracing tracing,
      Runnable begun,
      StepListener next) {
    this.registry = registry;
    this.queue = queue;
    this.tracing = tracing;
    this.begun = begun;
    this.next = next;
    this.staleness =
        DistributionSummary.builder("rlhf.learner.sample.staleness")
            .description("Steps between the oldest weights that drew a response and those it moves")
            .serviceLevelObjectives(VERSIONS)
            .register(registry);
  }

  @Override
  public void began(String data) {
    begun.run();
    next.began(data);
  }

  @Override
  public void hadEnded(long steps) {
    next.hadEnded(steps);
  }

  @Override
  public void gathered(
      long step, List<? extends Example> batch, List<RecordOrigin> origins, long waiting) {
    began = Instant.now();
    learning = origins;
    rollouts = batch.stream().anyMatch(ScoredSample.class::isInstance);
    queue.waiting(waiting);
    origins.forEach(origin -> queue.taken(origin.written()));
    next.gathered(step, batch, origins, waiting);
    for (Example example : batch) {
      if (example instanceof ScoredSample sample) {
        staleness.record((double) Math.max(0, step - 1 - sample.oldestVersion().getStep()));
      }
    }
  }

  @Override
  public void stepped(StepReport report) {
    gauge("step", (double) report.step());
    gauge("generation", report.version().getGeneration());
    report.metrics().forEach(this::gauge);
    Instant ended = Instant.now();
    for (RecordOrigin origin : learning) {
      tracing.span(
          "learn",
          origin.trace(),
          began,
          ended,
          Attributes.builder()
              .put(rollouts ? "rlhf.rollout.id" : "rlhf.preference.id", origin.id())
              .put(
                  rollouts ? "rlhf.policy.version" : "rlhf.learned.version",
                  WeightVersions.text(report.version()))
              .build());
    }
    next.stepped(report);
  }

  private void gauge(String name, double value) {
    if (newest.put(name, value) != null) {
      return;
    }
    if (name.startsWith(REWARD)) {
      Gauge.builder("rlhf.learner.reward", newest, values -> values.getOrDefault(name, Double.NaN))
          .description("Mean score of the batch by one reward, before its weight")
          .tag("reward", name.substring(REWARD.length()))
          .register(registry);
    } else if (name.startsWith(EVALUATED_REWARD)) {
      Gauge.builder(
              "rlhf.learner.evaluation.scores",
              newest,
              values -> values.getOrDefault(name, Double.NaN))
          .description("Mean score of the newest evaluation by one reward, before its weight")
          .tag("reward", name.substring(EVALUATED_REWARD.length()))
          .register(registry);
    } else {
      registry.gauge(
          "rlhf.learner." + name.replace('/', '.'),
          newest,
          values -> values.getOrDefault(name, Double.NaN));
    }
  }
}
