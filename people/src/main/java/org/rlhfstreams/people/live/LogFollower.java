package org.rlhfstreams.people.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed records of some topics from their beginning, and goes on reading. What it cannot
 * reach it waits for; a record that is no event of its topic is passed over, for whoever owns the
 * topic has refused it.
 */
public final class LogFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final KafkaConnection connection;
  private final Map<String, FollowedTopic<?>> topics = new HashMap<>();
  private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
  private final ServiceThread thread;

  LogFollower(KafkaConnection connection, String name, List<FollowedTopic<?>> followed) {
    this.connection = connection;
    followed.forEach(topic -> topics.put(topic.name(), topic));
    this.thread = ServiceThread.start(name, this::run);
  }

  private void run(BooleanSupplier stopped) {
    while (!stopped.getAsBoolean()) {
      try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
        List<TopicPartition> partitions = partitions(consumer);
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
          Long position = positions.get(partition);
          if (position == null) {
            consumer.seekToBeginning(List.of(partition));
          } else {
            consumer.seek(partition, position);
          }
        }
        while (!stopped.getAsBoolean()) {
          for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            take(record);
            positions.put(
                new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
          }
          // Marks of transactions are no records, but take offsets.
          partitions.forEach(partition -> positions.put(partition, consumer.position(partition)));
        }
      } catch (KafkaException | RegistryUnavailableException e) {
        if (!stopped.getAsBoolean()) {
          LOG.warn("the log cannot be read now: {}; trying again", e.getMessage());
          Pause.of(AFTER_FAILURE);
        }
      }
    }
  }

  private List<TopicPartition> partitions(KafkaConsumer<String, byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics.keySet()) {
      for (PartitionInfo info : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, info.partition()));
      }
    }
    if (partitions.size() < topics.size()) {
      throw new KafkaException("of the topics " + topics.keySet() + " some do not exist");
    }
    return partitions;
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    try {
      topics.get(record.topic()).take(record.value());
    } catch (UndecodableException e) {
      LOG.warn(
          "{}, partition {}, offset {} is passed over: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }

  /** Whether everything before these offsets has been taken. */
  public boolean hasReached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> positions.getOrDefault(end.getKey(), -1L) >= end.getValue());
  }

  /** Completes when it ends; exceptionally where it failed. */
  public CompletableFuture<Void> ended() {
    return thread.ended();
  }

  @Override
  public void close() {
    thread.close();
  }
}
