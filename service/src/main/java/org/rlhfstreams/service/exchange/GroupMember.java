package org.rlhfstreams.service.exchange;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
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
 * A member of a consumer group whose transactions hold what records became, and how far it has
 * come. After any failure it takes a new producer, which aborts or completes what was open, and
 * goes on from where the log says that the group has come to. One thread.
 */
final class GroupMember {
  private static final Logger LOG = LoggerFactory.getLogger(GroupMember.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final KafkaConnection connection;
  private final String group;
  private final String transactionalName;
  private final String topic;
  private final int maxRecords;
  private final GroupShare share;
  private final QueueMeters meters;
  private final BrokerRefusal refusals;
  private final Placement placement;
  private KafkaConsumer<String, byte[]> consumer;
  private KafkaProducer<String, Object> producer;

  /** What it does with what it reads. */
  interface Session {
    /** Polls and commits until it is to stop; ends with the first failure. */
    void work(BooleanSupplier stopped);

    /**
     * What was read and not committed is read again.
     *
     * @param places where the group has come to in the partitions that this member has
     */
    void begunAnew(Map<TopicPartition, Reached> places);
  }

  /**
   * @param group consumer group, without the prefix
   * @param predecessor group where whose place this one begins if it has none
   * @param member this process's own name in the group; a second process with it fences the first
   * @param maxRecords in one poll, at most
   */
  GroupMember(
      KafkaConnection connection,
      String group,
      Optional<String> predecessor,
      String member,
      String topic,
      int maxRecords,
      GroupShare share,
      QueueMeters meters) {
    this.connection = connection;
    this.group = group;
    this.transactionalName = group + "-" + member;
    this.topic = topic;
    this.maxRecords = maxRecords;
    this.share = share;
    this.meters = meters;
    this.refusals = new BrokerRefusal(connection);
    this.placement = new Placement(connection, group, predecessor, transactionalName, share);
  }

  /**
   * Runs until told to stop.
   *
   * @throws ConnectionException if another process has taken this one's name, the broker refuses
   *     this one, or the topic does not have what is to be read next
   */
  void run(Session session, BooleanSupplier stopped) {
    consumer = connection.groupConsumer(group, transactionalName, maxRecords);
    try {
      consumer.subscribe(List.of(topic), placement.listener(consumer));
      while (!stopped.getAsBoolean()) {
        try {
          work(session, stopped);
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
          LOG.info("{}: shares changed during a batch; it is done again", group);
          meters.repeated();
          rewind(session, stopped);
        } catch (KafkaException | RegistryUnavailableException e) {
          refusals.endIn(e);
          LOG.warn("{}: {}; going on from where the log is", group, e.getMessage());
          meters.repeated();
          Pause.of(AFTER_FAILURE, stopped);
          rewind(session, stopped);
        }
      }
    } finally {
      consumer.close(CloseOptions.timeout(ShutdownBudget.CLIENT));
    }
  }

  /** With a producer of its own: whatever an earlier one left open ends with it. */
  private void work(Session session, BooleanSupplier stopped) {
    producer = connection.transactionalProducer(transactionalName);
    try {
      producer.initTransactions();
      session.work(stopped);
    } finally {
      producer.close(ShutdownBudget.CLIENT);
    }
  }

  /** For what goes beyond {@link #poll} and {@link #commit}. */
  KafkaConsumer<String, byte[]> consumer() {
    return consumer;
  }

  /** Reads; {@link #placeNew} is to be called then. */
  ConsumerRecords<String, byte[]> poll(Duration longest) {
    return consumer.poll(longest);
  }

  /**
   * Places partitions that have arrived.
   *
   * @return where the group has come to in each of them
   */
  Map<TopicPartition, Reached> placeNew() {
    return placement.placeNew(consumer);
  }

  /**
   * Writes what records became, and how far the group has come with it, in one transaction.
   *
   * @throws CommitFailedException if the group has given the partitions to other members
   */
  void commit(List<ProducerRecord<String, Object>> outputs, Map<TopicPartition, Reached> reached) {
    try {
      producer.beginTransaction();
      for (ProducerRecord<String, Object> output : outputs) {
        // The commit fails where a send did.
        producer.send(output);
      }
      placement.positions(reached).forEach(producer::send);
      producer.sendOffsetsToTransaction(offsets(reached), consumer.groupMetadata());
      producer.commitTransaction();
    } catch (CommitFailedException e) {
      throw e;
    } catch (KafkaException e) {
      if (refusals.in(e).isPresent()) {
        producer.close(Duration.ZERO); // with patience it waits for what cannot end
      }
      throw e;
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(
      Map<TopicPartition, Reached> reached) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    reached.forEach(
        (partition, place) -> offsets.put(partition, new OffsetAndMetadata(place.offset())));
    return offsets;
  }

  /** Records of this member's share that it has not read. */
  long lag() {
    return consumer.assignment().stream().mapToLong(p -> consumer.currentLag(p).orElse(0)).sum();
  }

  /** Ends the member if the broker or the registry has refused it; says that it waits otherwise. */
  void waitAfter(Exception error) {
    refusals.endIn(error);
    LOG.warn("{}: waiting for the broker: {}", group, error.getMessage());
  }

  private void rewind(Session session, BooleanSupplier stopped) {
    AtomicBoolean tried = new AtomicBoolean();
    Retry.every(AFTER_FAILURE)
        .after(KafkaException.class)
        .unless(stopped)
        .telling(this::waitAfter)
        .run(
            () -> {
              if (!stopped.getAsBoolean()) {
                if (tried.getAndSet(true)) {
                  endWhatIsOpen();
                }
                share.takeWithdrawn(); // all of it is begun anew
                session.begunAnew(placement.placeAll(consumer));
              }
            });
  }

  /** A transaction that nobody ends would keep the group's place from being read, for ever. */
  private void endWhatIsOpen() {
    String prefix = connection.configuration().connection().topicPrefix();
    try (KafkaProducer<String, Object> fresh = connection.transactionalProducer(transactionalName);
        Admin admin = connection.admin()) {
      fresh.initTransactions();
      new HangingTransactions(admin)
          .abort(
              prefix + transactionalName,
              connection.topics().all().stream().map(Topic::name).toList(),
              prefix + group);
    }
  }
}
