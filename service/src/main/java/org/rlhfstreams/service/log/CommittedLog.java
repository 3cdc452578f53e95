package org.rlhfstreams.service.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Topics read from their beginning to where they end now, whole transactions only. */
public final class CommittedLog implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final Admin admin;
  private final KafkaConsumer<String, byte[]> consumer;

  public CommittedLog(KafkaConnection connection) {
    this.admin = connection.admin();
    this.consumer = connection.plainConsumer();
  }

  /** Hands over each committed record; waits for the end of transactions that are open now. */
  public void read(Topic topic, Consumer<ConsumerRecord<String, byte[]>> records)
      throws ExecutionException, InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    consumer
        .partitionsFor(topic.name())
        .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
    Map<TopicPartition, Long> ends = ends(partitions);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    long heard = System.nanoTime();
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        records.accept(record);
        heard = System.nanoTime();
      }
      if (System.nanoTime() - heard > LONGEST_SILENCE.toNanos()) {
        throw new ExplainedException(
            "a transaction on %s has been open for %d s: who writes there has died, or hangs; rlhf status names the members"
                .formatted(topic.name(), LONGEST_SILENCE.toSeconds()));
      }
    }
  }

  /** Hands over each committed event; what is none has a dead letter of its own. */
  public <T extends SpecificRecord> void read(
      Topic topic, RecordDecoder<T> decoder, BiConsumer<ConsumerRecord<String, byte[]>, T> events)
      throws ExecutionException, InterruptedException {
    read(
        topic,
        record -> {
          T event;
          try {
            event = decoder.decode(record.topic(), record.value());
          } catch (UndecodableException e) {
            return;
          }
          events.accept(record, event);
        });
  }

  private Map<TopicPartition, Long> ends(List<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
        admin
            .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
            .all()
            .get()
            .entrySet()) {
      ends.put(end.getKey(), end.getValue().offset());
    }
    return ends;
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
    consumer.close();
    admin.close();
  }
}
