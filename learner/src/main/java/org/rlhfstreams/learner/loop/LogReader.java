package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.TopicReader;

/**
 * Events of a partition in the order of the log, as far as a range goes, for sources that follow
 * it; what is none, or cannot be used, is refused and stepped over.
 *
 * @param <V> the kind of event
 */
final class LogReader<V extends SpecificRecord> implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final TopicPartition partition;
  private final int lostByRefusal;
  private final RecordDecoder<V> decoder;
  private final TopicReader reader;
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
    this.reader = TopicReader.of(connection, partition).withoutGaps();
  }

  /** Goes to the beginning of a range. */
  void begin(RangeConfiguration configured) {
    LogRange resolved = resolver().resolve(configured);
    go(resolved, resolved.from());
  }

  /** Goes to a place within a range that was begun before. */
  void goOn(LogRange begun, long at) {
    resolver().requireKept(at);
    go(begun, at);
  }

  /** Goes to the beginning of what was read before, as far as it is kept. */
  void goOver(LogRange before) {
    RangeResolver resolver = resolver();
    resolver.requireReached(before.until());
    go(before, before.from());
  }

  private RangeResolver resolver() {
    return reader.ask(consumer -> new RangeResolver(consumer, partition));
  }

  private void go(LogRange newRange, long at) {
    refusals.clear();
    range = newRange;
    offset = at;
    reader.setEnds(range.isBounded() ? Map.of(partition, range.until()) : Map.of());
    reader.seek(partition, at);
  }

  /**
   * Deals with the next record, or waits a while for it.
   *
   * @param wanted says by a record's offset whether it is more than stepped over
   * @return whether one was dealt with
   */
  boolean read(LongPredicate wanted, Taker<V> taker) {
    return reader.readNext(
        POLL,
        record -> {
          if (wanted.test(record.offset())) {
            take(record, taker);
          }
          offset = record.offset() + 1;
        });
  }

  private void take(ConsumerRecord<String, byte[]> record, Taker<V> taker) {
    try {
      taker.take(record, decoder.decode(record.topic(), record.value()));
    } catch (UndecodableException e) {
      refusals.add(
          record, DeadLetterKind.UNDECODABLE, e.getMessage(), 0); // nobody had asked for it
    } catch (UnusableException e) {
      refusals.add(record, DeadLetterKind.RULE, e.getMessage(), lostByRefusal);
    }
  }

  /** Whether nothing is left of the range. */
  boolean isAtEnd() {
    return reader.isAtEnd();
  }

  /** Whether all that the log held at the last look has been dealt with. */
  boolean isCaughtUp() {
    return reader.isAtNewest();
  }

  /** Records that are in the log and have not been dealt with, as far as is known. */
  long waiting() {
    return reader.waiting();
  }

  /** Where the log ends now. */
  long end() {
    return reader.ask(consumer -> consumer.endOffsets(List.of(partition)).get(partition));
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
    reader.close();
  }
}
