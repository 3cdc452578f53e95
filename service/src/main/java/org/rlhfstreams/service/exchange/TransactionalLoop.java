package org.rlhfstreams.service.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.HangingTransactions;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.Retry;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.metrics.QueueMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records, lets a handler turn them into others, and writes those together with the read
 * offsets in one transaction: each input has its outputs exactly once, whatever is killed when.
 * After any failure the loop takes a new producer, which aborts or completes what was open, and
 * goes on from where the log says that the group has come to.
 */
public final class TransactionalLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionalLoop.class);
  private static final Duration FILL_WITHIN = Duration.ofMillis(15);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final KafkaConnection connection;
  private final String name;
  private final String transactionalName;
  private final String topic;
  private final int batchSize;
  private final Duration pollTimeout;
  private final Handler handler;
  private final GroupShare share;
  private final QueueMeters meters;
  private final BrokerRefusal refusals;
  private final Placement placement;
  private final BatchLimit limit;
  private long polledAt;

  /**
   * @param group consumer group, without the prefix
   * @param member this process's own name in the group; a second process with it fences the first
   * @param batchSize records handed over at once, at most
   * @param share hears which partitions are this member's
   * @param meters hears how long records waited and how many still do
   */
  public TransactionalLoop(
      KafkaConnection connection,
      String group,
      String member,
      String topic,
      int batchSize,
      Duration pollTimeout,
      Handler handler,
      GroupShare share,
      QueueMeters meters) {
    this.connection = connection;
    this.name = group;
    this.transactionalName = group + "-" + member;
    this.topic = topic;
    this.batchSize = batchSize;
    this.pollTimeout = pollTimeout;
    this.handler = handler;
    this.share = share;
    this.meters = meters;
    this.refusals = new BrokerRefusal(connection);
    this.placement = new Placement(connection, group, transactionalName, share);
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
    KafkaConsumer<String, byte[]> consumer =
        connection.groupConsumer(name, transactionalName, batchSize);
    try {
      consumer.subscribe(List.of(topic), placement.listener(consumer));
      while (!stopped.getAsBoolean()) {
        try {
          exchange(consumer, stopped);
        } catch (ProducerFencedException e) {
          throw new ConnectionException(
              "another process has taken the name "
                  + transactionalName
                  + ": give each process its own",
              e);
        } catch (WakeupException | InterruptException e) {
          if (!stopped.getAsBoolean()) {
            throw e;
          }
        } catch (CommitFailedException e) {
          LOG.info("{}: shares changed during a batch; it is done again", name);
          meters.repeated();
          rewind(consumer, stopped);
        } catch (KafkaException | RegistryUnavailableException e) {
          refusals.endIn(e);
          LOG.warn("{}: {}; going on from where the log is", name, e.getMessage());
          meters.repeated();
          Pause.of(AFTER_FAILURE, stopped);
          rewind(consumer, stopped);
        }
      }
    } finally {
      consumer.close(CloseOptions.timeout(ShutdownBudget.CLIENT));
    }
  }

  /** With a producer of its own: whatever an earlier one left open ends with it. */
  private void exchange(KafkaConsumer<String, byte[]> consumer, BooleanSupplier stopped) {
    KafkaProducer<String, Object> producer = connection.transactionalProducer(transactionalName);
    try {
      producer.initTransactions();
      exchange(consumer, producer, stopped);
    } finally {
      producer.close(ShutdownBudget.CLIENT);
    }
  }

  private void exchange(
      KafkaConsumer<String, byte[]> consumer,
      KafkaProducer<String, Object> producer,
      BooleanSupplier stopped) {
    while (!stopped.getAsBoolean()) {
      List<ConsumerRecord<String, byte[]>> records = cut(consumer, gather(consumer));
      measure(consumer, records);
      if (records.isEmpty()) {
        continue;
      }
      List<ProducerRecord<String, Object>> outputs = handler.handle(records);
      try {
        transact(consumer, producer, records, outputs);
        limit.committed(records.size(), sincePoll());
      } catch (CommitFailedException e) {
        limit.refused(records.size(), records.get(0), sincePoll());
        throw e;
      } catch (KafkaException e) {
        if (refusals.in(e).isPresent()) {
          producer.close(Duration.ZERO); // with patience it waits for what cannot end
        }
        throw e;
      }
    }
  }

  private void transact(
      KafkaConsumer<String, byte[]> consumer,
      KafkaProducer<String, Object> producer,
      List<ConsumerRecord<String, byte[]>> records,
      List<ProducerRecord<String, Object>> outputs) {
    producer.beginTransaction();
    for (ProducerRecord<String, Object> output : outputs) {
      // The commit fails where a send did.
      producer.send(output);
    }
    Map<TopicPartition, OffsetAndMetadata> reached = after(records);
    placement.reached(reached).forEach(producer::send);
    producer.sendOffsetsToTransaction(reached, consumer.groupMetadata());
    producer.commitTransaction();
  }

  /**
   * Records of several partitions become visible with one commit but arrive one partition a poll; a
   * batch that waits for them is worth more than one begun at once.
   */
  private List<ConsumerRecord<String, byte[]>> gather(KafkaConsumer<String, byte[]> consumer) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    ConsumerRecords<String, byte[]> polled = poll(consumer, pollTimeout);
    while (!polled.isEmpty()) {
      share.keepOwn(records);
      polled.forEach(records::add);
      if (records.size() >= limit.size()) {
        return records;
      }
      polled = poll(consumer, FILL_WITHIN);
    }
    share.keepOwn(records);
    return records;
  }

  /** What is more than the limit is read again. */
  private List<ConsumerRecord<String, byte[]>> cut(
      KafkaConsumer<String, byte[]> consumer, List<ConsumerRecord<String, byte[]>> records) {
    if (limit.size() == batchSize || records.size() <= limit.size()) {
      return records;
    }
    Map<TopicPartition, Long> again = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : records.subList(limit.size(), records.size())) {
      again.putIfAbsent(new TopicPartition(record.topic(), record.partition()), record.offset());
    }
    again.forEach(consumer::seek);
    return records.subList(0, limit.size());
  }

  private Duration sincePoll() {
    return Duration.ofNanos(System.nanoTime() - polledAt);
  }

  private ConsumerRecords<String, byte[]> poll(
      KafkaConsumer<String, byte[]> consumer, Duration longest) {
    polledAt = System.nanoTime();
    ConsumerRecords<String, byte[]> polled = consumer.poll(longest);
    placement.placeNew(consumer);
    return polled;
  }

  private void measure(
      KafkaConsumer<String, byte[]> consumer, List<ConsumerRecord<String, byte[]>> records) {
    records.forEach(record -> meters.taken(Instant.ofEpochMilli(record.timestamp())));
    meters.waiting(
        consumer.assignment().stream().mapToLong(p -> consumer.currentLag(p).orElse(0)).sum());
  }

  private static Map<TopicPartition, OffsetAndMetadata> after(
      List<ConsumerRecord<String, byte[]>> records) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      offsets.put(
          new TopicPartition(record.topic(), record.partition()),
          new OffsetAndMetadata(record.offset() + 1));
    }
    return offsets;
  }

  private void rewind(KafkaConsumer<String, byte[]> consumer, BooleanSupplier stopped) {
    AtomicBoolean tried = new AtomicBoolean();
    Retry.every(AFTER_FAILURE)
        .after(KafkaException.class)
        .unless(stopped)
        .telling(
            error -> {
              refusals.endIn(error);
              LOG.warn("{}: waiting for the broker: {}", name, error.getMessage());
            })
        .run(
            () -> {
              if (!stopped.getAsBoolean()) {
                if (tried.getAndSet(true)) {
                  endWhatIsOpen(); // a change of shares alone leaves nothing open
                }
                placement.placeAll(consumer);
              }
            });
  }

  /** A transaction that nobody ends would keep the group's place from being read, for ever. */
  private void endWhatIsOpen() {
    String prefix = connection.configuration().connection().topicPrefix();
    try (KafkaProducer<String, Object> producer =
            connection.transactionalProducer(transactionalName);
        Admin admin = connection.admin()) {
      producer.initTransactions();
      new HangingTransactions(admin)
          .abort(
              prefix + transactionalName,
              connection.topics().all().stream().map(Topic::name).toList(),
              prefix + name);
    }
  }
}
