package org.rlhfstreams.service.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Topics read from their beginning to where they end now, whole transactions only. */
public final class CommittedLog implements AutoCloseable {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final KafkaConnection connection;
  private final Admin admin;

  public CommittedLog(KafkaConnection connection) {
    this.connection = connection;
    this.admin = connection.admin();
  }

  /**
   * Hands over each committed event, and waits for the end of transactions that are open now; a
   * record that cannot be decoded has a dead letter of its own.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a transaction stays open
   */
  public <T extends SpecificRecord> void read(
      Topic topic, RecordDecoder<T> decoder, BiConsumer<ConsumerRecord<String, byte[]>, T> events)
      throws ExecutionException, InterruptedException {
    try (TopicReader reader =
        TopicReader.ofTopics(connection::boundedConsumer, List.of(topic.name()))) {
      reader.readTo(
          LogEnds.written(admin, reader.partitions(), LONGEST_SILENCE),
          RecordHandler.decoding(decoder, events, (record, reason) -> {}),
          LONGEST_SILENCE);
    }
  }

  /**
   * One committed record; empty if retention has removed it.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a transaction stays open before it
   */
  public Optional<ConsumerRecord<String, byte[]>> record(TopicPartition partition, long offset) {
    List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
    try (TopicReader reader = TopicReader.bounded(connection, partition)) {
      reader.seek(partition, offset);
      reader.readTo(Map.of(partition, offset + 1), found::add, LONGEST_SILENCE);
    }
    return found.stream().filter(record -> record.offset() == offset).findFirst();
  }

  /** What a group has committed that it is done with: the next offset by partition. */
  public Map<TopicPartition, Long> committed(String group)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach(
            (partition, offset) -> {
              if (offset != null) {
                offsets.put(partition, offset.offset());
              }
            });
    return offsets;
  }

  @Override
  public void close() {
    admin.close();
  }
}
