package org.rlhfstreams.it.chaos;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Counts a run's committed steps as they come, through every restart of the broker. */
final class StepCount implements AutoCloseable {
  private final KafkaConsumer<String, byte[]> consumer;
  private long steps;

  /**
   * @param topic of the steps' metrics
   */
  StepCount(String bootstrapServers, String topic) {
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "isolation.level", "read_committed",
                "reconnect.backoff.max.ms", "500",
                "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /** So many until now. */
  long now() {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
      if (!HostileRecords.isOne(record.key())) {
        steps++;
      }
    }
    return steps;
  }

  /**
   * Waits until there are more than {@code before}, and runs something again and again meanwhile.
   */
  void awaitAfter(long before, Runnable meanwhile) {
    await("a step after " + before)
        .atMost(ChaosRun.LONGEST)
        .until(
            () -> {
              meanwhile.run();
              return now() > before;
            });
  }

  @Override
  public void close() {
    consumer.close();
  }
}
