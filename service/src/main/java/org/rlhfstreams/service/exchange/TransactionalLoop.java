package org.rlhfstreams.service.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.metrics.QueueMeters;

/**
 * Reads records, lets a handler turn them into others, and writes those together with the read
 * offsets in one transaction: each input has its outputs exactly once, whatever is killed when. A
 * batch is whole before the next is read; see {@link ContinuousLoop} for work that should not wait
 * for its longest part.
 */
public final class TransactionalLoop {
  private static final Duration FILL_WITHIN = Duration.ofMillis(15);

  private final GroupMember member;
  private final int batchSize;
  private final Duration pollTimeout;
  private final Handler handler;
  private final GroupShare share;
  private final QueueMeters meters;
  private final BatchLimit limit;
  private long polledAt;

  /**
   * @param group consumer group, without the prefix
   * @param predecessor group, without the prefix, where whose place this one begins if it has none
   * @param member this process's own name in the group; a second process with it fences the first
   * @param batchSize records handed over at once, at most
   * @param share hears which partitions are this member's
   * @param meters hears how long records waited and how many still do
   */
  public TransactionalLoop(
      KafkaConnection connection,
      String group,
      Optional<String> predecessor,
      String member,
      String topic,
      int batchSize,
      Duration pollTimeout,
      Handler handler,
      GroupShare share,
      QueueMeters meters) {
    this.member =
        new GroupMember(connection, group, predecessor, member, topic, batchSize, share, meters);
    this.batchSize = batchSize;
    this.pollTimeout = pollTimeout;
    this.handler = handler;
    this.share = share;
    this.meters = meters;
    this.limit = new BatchLimit(group, batchSize, connection.maxPollInterval());
  }

  /** Turns one poll's records into the records to write. */
  public interface Handler {
    /**
     * Handles one poll's records.
     *
     * @return what to write; empty where the inputs need no output
     * @throws RegistryUnavailableException to be called again later with the same records
     */
    List<ProducerRecord<String, Object>> handle(List<ConsumerRecord<String, byte[]>> records);
  }

  /**
   * Runs until told to stop.
   *
   * @throws ConnectionException if another process has taken this one's name, the broker refuses
   *     this one, the topic does not have what is to be read next, or one record takes longer than
   *     the group waits for a member
   */
  public void run(BooleanSupplier stopped) {
    member.run(new Batches(), stopped);
  }

  private final class Batches implements GroupMember.Session {
    @Override
    public void work(BooleanSupplier stopped) {
      while (!stopped.getAsBoolean()) {
        List<ConsumerRecord<String, byte[]>> records = cut(gather());
        measure(records);
        if (!records.isEmpty()) {
          commit(records, handler.handle(records));
        }
      }
    }

    @Override
    public void begunAnew(Map<TopicPartition, Reached> places) {
      // Nothing is kept from one batch to the next.
    }
  }

  private void commit(
      List<ConsumerRecord<String, byte[]>> records, List<ProducerRecord<String, Object>> outputs) {
    try {
      member.commit(outputs, after(records));
      limit.committed(records.size(), sincePoll());
    } catch (CommitFailedException e) {
      limit.refused(records.size(), records.get(0), sincePoll());
      throw e;
    }
  }

  /**
   * Records of several partitions become visible with one commit but arrive one partition a poll; a
   * batch that waits for them is worth more than one begun at once.
   */
  private List<ConsumerRecord<String, byte[]>> gather() {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    ConsumerRecords<String, byte[]> polled = poll(pollTimeout);
    while (!polled.isEmpty()) {
      share.keepOwn(records);
      polled.forEach(records::add);
      if (records.size() >= limit.size()) {
        return records;
      }
      polled = poll(FILL_WITHIN);
    }
    share.keepOwn(records);
    return records;
  }

  /** What is more than the limit is read again. */
  private List<ConsumerRecord<String, byte[]>> cut(List<ConsumerRecord<String, byte[]>> records) {
    if (limit.size() == batchSize || records.size() <= limit.size()) {
      return records;
    }
    Map<TopicPartition, Long> again = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : records.subList(limit.size(), records.size())) {
      again.putIfAbsent(new TopicPartition(record.topic(), record.partition()), record.offset());
    }
    again.forEach(member.consumer()::seek);
    return records.subList(0, limit.size());
  }

  private Duration sincePoll() {
    return Duration.ofNanos(System.nanoTime() - polledAt);
  }

  private ConsumerRecords<String, byte[]> poll(Duration longest) {
    polledAt = System.nanoTime();
    ConsumerRecords<String, byte[]> polled = member.poll(longest);
    member.placeNew();
    return polled;
  }

  private void measure(List<ConsumerRecord<String, byte[]>> records) {
    records.forEach(record -> meters.taken(Instant.ofEpochMilli(record.timestamp())));
    meters.waiting(member.lag());
  }

  private static Map<TopicPartition, Reached> after(List<ConsumerRecord<String, byte[]>> records) {
    Map<TopicPartition, Reached> reached = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      reached.put(
          new TopicPartition(record.topic(), record.partition()),
          Reached.inOrder(record.offset() + 1));
    }
    return reached;
  }
}
