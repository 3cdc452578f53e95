package org.rlhfstreams.cli.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.evaluation.annotator.Cheerfulness;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.Topic;
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
    try (TopicReader reader = TopicReader.of(connection, partition)) {
      reader.readToEnd(
          RecordHandler.decoding(
              connection.decoder(event),
              (record, one) -> consumer.accept(one),
              (record, reason) -> {})); // it is a dead letter already
    }
  }
}
