package org.rlhfstreams.it.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;

/** Versions of weights as they are sent from now on, before anything of them counts. */
final class SentWeights implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(5);

  private final KafkaConsumer<String, byte[]> consumer;
  private final RecordDecoder<WeightRecord> decoder;
  private Optional<String> attempt = Optional.empty();

  SentWeights(String bootstrapServers, String topic, RecordDecoder<WeightRecord> decoder) {
    this.decoder = decoder;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "isolation.level", "read_uncommitted",
                "fetch.max.wait.ms", "5",
                "auto.offset.reset", "latest"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToEnd(List.of(partition));
    consumer.position(partition);
  }

  /** Whether the newest version has begun and its commit has not been sent. */
  boolean lackCommit() {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
      take(record);
    }
    return attempt.isPresent();
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    try {
      Object body = decoder.decode(record.topic(), record.value()).getBody();
      if (body instanceof WeightHeader header) {
        attempt = Optional.of(header.getAttempt());
      } else if (body instanceof WeightCommit commit
          && attempt.equals(Optional.of(commit.getAttempt()))) {
        attempt = Optional.empty();
      }
    } catch (UndecodableException e) {
      // of the stranger
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
