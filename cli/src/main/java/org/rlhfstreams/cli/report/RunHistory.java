package org.rlhfstreams.cli.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.evaluation.annotator.Cheerfulness;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.learner.data.RewardSum;
import org.rlhfstreams.learner.data.ScoredSamples;
import org.rlhfstreams.learner.validation.VersionEvaluations;
import org.rlhfstreams.learner.validation.VersionEvaluations.Outcome;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;

/** A run as the log has it: steps from {@code training-metrics}, texts from the rollouts. */
public final class RunHistory {
  private final KafkaConnection connection;
  private final Cheerfulness cheerfulness = new Cheerfulness();

  public RunHistory(KafkaConnection connection) {
    this.connection = connection;
  }

  /** All steps of an objective, in order. */
  public List<StepFigures> steps(String objective) {
    Map<String, Rollout> rollouts = new HashMap<>();
    read(
        connection.topics().scoredRollouts(),
        ScoredRollout.class,
        scored -> rollouts.put(scored.getRollout().getRolloutId(), scored.getRollout()));
    List<StepFigures> steps = new ArrayList<>();
    read(
        connection.topics().trainingMetrics(),
        StepMetrics.class,
        metrics -> {
          if (metrics.getObjective().equals(objective)) {
            steps.add(figures(metrics, rollouts));
          }
        });
    return steps;
  }

  /**
   * What versions have earned on held-out prompts, in order; from all answers that there are.
   *
   * @param configuration with the rewards and their weights
   */
  public List<Outcome> evaluations(RlhfConfiguration configuration) {
    RewardSum rewards = new RewardSum(configuration.effectiveRewards().all());
    AtomicLong time = new AtomicLong(); // no further answer is waited for
    VersionEvaluations evaluations =
        new VersionEvaluations(
            new ScoredSamples(Integer.MAX_VALUE, Integer.MAX_VALUE, rewards),
            rewards,
            configuration.learner(),
            time::get);
    read(connection.topics().scoredEvaluations(), ScoredRollout.class, evaluations::take);
    time.set(Long.MAX_VALUE);
    evaluations.settle();
    List<Outcome> outcomes = new ArrayList<>();
    for (Optional<Outcome> next = evaluations.next(); next.isPresent(); next = evaluations.next()) {
      outcomes.add(next.get());
    }
    return outcomes;
  }

  private StepFigures figures(StepMetrics metrics, Map<String, Rollout> rollouts) {
    List<Rollout> own =
        metrics.getRolloutIds().stream().map(rollouts::get).filter(r -> r != null).toList();
    return new StepFigures(
        metrics.getVersion().getStep(),
        metrics.getValues(),
        own.stream()
            .mapToDouble(rollout -> cheerfulness.of(rollout.getResponseText()))
            .average()
            .orElse(0),
        Distinct.two(own.stream().map(Rollout::getResponseTokenIds).toList()));
  }

  /** All events of a topic with one partition that are there now; what is none is left out. */
  private <T extends SpecificRecord> void read(Topic topic, Class<T> event, Consumer<T> consumer) {
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    try (TopicReader reader = TopicReader.bounded(connection, partition)) {
      reader.readToEnd(
          RecordHandler.decoding(
              connection.decoder(event),
              (record, one) -> consumer.accept(one),
              (record, reason) -> {})); // it is a dead letter already
    }
  }
}
