package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of a partition in the order of the log, as far as a range goes, for sources that follow
 * it; what is none, or cannot be used, is refused and stepped over.
 *
 * @param <V> the kind of event
 */
final class LogReader<V extends SpecificRecord> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration REGISTRY_PAUSE = Duration.ofSeconds(1);

  private final TopicPartition partition;
  private final int lostByRefusal;
  private final RecordDecoder<V> decoder;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Deque<ConsumerRecord<String, byte[]>> polled = new ArrayDeque<>();
  private final Refusals refusals = new Refusals();
  private LogRange range;
  private long offset;

  /** Does something with an event. */
  interface Taker<V> {
    /**
     * Takes one.
     *
     * @throws UnusableException where the record is to be refused
     */
    void take(ConsumerRecord<String, byte[]> record, V event) throws UnusableException;
  }

  /**
   * @param lostByRefusal rollouts that admission should release others for when an event is refused
   */
  LogReader(
      KafkaConnection connection, TopicPartition partition, Class<V> event, int lostByRefusal) {
    this.partition = partition;
    this.lostByRefusal = lostByRefusal;
    this.decoder = connection.decoder(event);
    this.consumer = connection.plainConsumer();
    consumer.assign(List.of(partition));
  }

  /** Goes to the beginning of a range. */
  void begin(RangeConfiguration configured) {
    LogRange resolved = new RangeResolver(consumer, partition).resolve(configured);
    go(resolved, resolved.from());
  }

  /** Goes to a place within a range that was begun before. */
  void goOn(LogRange begun, long at) {
    new RangeResolver(consumer, partition).requireKept(at);
    go(begun, at);
  }

  /** Goes to the beginning of what was read before, as far as it is kept. */
  void goOver(LogRange before) {
    RangeResolver resolver = new RangeResolver(consumer, partition);
    resolver.requireReached(before.until());
    go(before, before.from());
  }

  private void go(LogRange newRange, long at) {
    polled.clear();
    refusals.clear();
    range = newRange;
    offset = at;
    consumer.seek(partition, at);
  }

  /**
   * Deals with the next record, or waits a while for it.
   *
   * @param wanted says by a record's offset whether it is more than stepped over
   * @return whether there was one
   */
  boolean read(LongPredicate wanted, Taker<V> taker) {
    if (polled.isEmpty()) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < range.until()) {
          polled.add(record);
        }
      }
    }
    if (polled.isEmpty()) {
      return false;
    }
    ConsumerRecord<String, byte[]> next = polled.peek();
    if (!wanted.test(next.offset()) || isDealtWith(next, taker)) {
      offset = polled.remove().offset() + 1;
    }
    return true;
  }

  /** Whether the record has been dealt with; false to try it again. */
  private boolean isDealtWith(ConsumerRecord<String, byte[]> record, Taker<V> taker) {
    try {
      taker.take(record, decoder.decode(record.topic(), record.value()));
      return true;
    } catch (UndecodableException e) {
      refusals.add(
          record, DeadLetterKind.UNDECODABLE, e.getMessage(), 0); // nobody had asked for it
      return true;
    } catch (UnusableException e) {
      refusals.add(record, DeadLetterKind.RULE, e.getMessage(), lostByRefusal);
      return true;
    } catch (RegistryUnavailableException e) {
      LOG.warn("{}; waiting", e.getMessage());
      Pause.of(REGISTRY_PAUSE);
      return false;
    }
  }

  /** Whether nothing is left of the range. */
  boolean isAtEnd() {
    return range.isBounded() && polled.isEmpty() && consumer.position(partition) >= range.until();
  }

  /** Whether all that the log held at the last look has been dealt with. */
  boolean isCaughtUp() {
    OptionalLong lag = consumer.currentLag(partition);
    return polled.isEmpty() && lag.isPresent() && lag.getAsLong() == 0;
  }

  /** Records that are in the log and have not been dealt with, as far as is known. */
  long waiting() {
    return polled.size() + consumer.currentLag(partition).orElse(0);
  }

  /** Where the log ends now. */
  long end() {
    return consumer.endOffsets(List.of(partition)).get(partition);
  }

  /** After the newest record that was dealt with. */
  long offset() {
    return offset;
  }

  /** What is read. */
  LogRange range() {
    return range;
  }

  /** Records refused since they were last taken. */
  Refusals refusals() {
    return refusals;
  }

  TopicPartition partition() {
    return partition;
  }

  /** For people. */
  String described() {
    return partition.topic() + ", " + range.text();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
