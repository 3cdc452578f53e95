package org.rlhfstreams.people.live;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.log.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed records of some topics from their beginning, and goes on reading. What it cannot
 * reach it waits for; a record that is no event of its topic is passed over, for whoever owns the
 * topic has refused it.
 */
public final class LogFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);

  private final Map<String, FollowedTopic<?>> topics = new HashMap<>();
  private final TopicReader reader;
  private final ServiceThread thread;

  LogFollower(KafkaConnection connection, String name, List<FollowedTopic<?>> followed) {
    followed.forEach(topic -> topics.put(topic.name(), topic));
    this.reader = TopicReader.ofTopics(connection::plainConsumer, topics.keySet());
    this.thread = ServiceThread.start(name, ShutdownBudget.FOLLOWER, stopped -> run());
  }

  private void run() {
    try (reader) {
      reader.follow(this::take, error -> {});
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    try {
      topics.get(record.topic()).take(record.value(), record.partition());
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
    return reader.hasReached(ends);
  }

  /** Completes when it ends; exceptionally where it failed. */
  public CompletableFuture<Void> ended() {
    return thread.ended();
  }

  @Override
  public void close() {
    reader.stop();
    thread.close();
  }
}
