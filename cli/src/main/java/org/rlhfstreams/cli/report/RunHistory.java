package org.rlhfstreams.cli.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.evaluation.annotator.Cheerfulness;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A run as the log has it: steps from {@code training-metrics}, texts from the rollouts. */
public final class RunHistory {
  private static final Duration POLL = Duration.ofMillis(200);

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
    RecordDecoder<T> decoder = connection.decoder(event);
    try (KafkaConsumer<String, byte[]> log = connection.plainConsumer()) {
      log.assign(List.of(partition));
      log.seekToBeginning(List.of(partition));
      long end = log.endOffsets(List.of(partition)).get(partition);
      while (log.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> record : log.poll(POLL)) {
          decode(decoder, record).ifPresent(consumer);
        }
      }
    }
  }

  private static <T extends SpecificRecord> Optional<T> decode(
      RecordDecoder<T> decoder, ConsumerRecord<String, byte[]> record) {
    try {
      return Optional.of(decoder.decode(record.topic(), record.value()));
    } catch (UndecodableException e) {
      return Optional.empty(); // it is a dead letter already
    }
  }
}
