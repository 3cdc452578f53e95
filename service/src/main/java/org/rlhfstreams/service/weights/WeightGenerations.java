package org.rlhfstreams.service.weights;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Which generations of weights a topic has. */
public final class WeightGenerations {
  private static final Duration POLL = Duration.ofMillis(200);

  private WeightGenerations() {}

  /** The newest generation of which a version is kept, if any is. */
  public static OptionalInt newest(KafkaConnection connection, Topic weights) {
    TopicPartition partition = new TopicPartition(weights.name(), 0);
    OptionalInt newest = OptionalInt.empty();
    try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          int generation = WeightVersions.generation(record.key());
          newest = OptionalInt.of(Math.max(generation, newest.orElse(generation)));
        }
      }
    }
    return newest;
  }
}
