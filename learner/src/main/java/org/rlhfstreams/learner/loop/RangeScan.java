package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.ExampleIndex;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.data.WindowedOrder;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through a range once and notes where its examples are. What fits one window is kept, so that
 * it need not be read again.
 */
final class RangeScan<E extends Example> {
  private static final Logger LOG = LoggerFactory.getLogger(RangeScan.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long SAID_EVERY = 100_000;

  private final TopicPartition partition;
  private final PreferenceConverter<E> converter;
  private final Refusals refusals;
  private final Withdrawals withdrawals = new Withdrawals();
  private CountedOnce counted = new CountedOnce();
  private ExampleIndex index = new ExampleIndex();
  private List<E> first = new ArrayList<>();
  private long withdrawn;
  private long refused;
  private long truncatedRows;

  /**
   * @param refusals takes the records that cannot be learned from
   */
  RangeScan(TopicPartition partition, PreferenceConverter<E> converter, Refusals refusals) {
    this.partition = partition;
    this.converter = converter;
    this.refusals = refusals;
  }

  /** Reads the range; once more where it takes back what comes before in it. */
  void run(Consumer<String, byte[]> consumer, KafkaConnection connection, LogRange range) {
    RecordDecoder<Preference> decoder = connection.decoder(Preference.class);
    read(consumer, decoder, range);
    if (!withdrawals.isEmpty()) {
      withdrawals.ids().forEach(converter::withdraw);
      refusals.clear();
      counted = new CountedOnce();
      index = new ExampleIndex();
      first = new ArrayList<>();
      refused = 0;
      truncatedRows = 0;
      read(consumer, decoder, range);
    }
  }

  private void read(
      Consumer<String, byte[]> consumer, RecordDecoder<Preference> decoder, LogRange range) {
    consumer.seek(partition, range.from());
    long sayAt = range.from() + SAID_EVERY;
    while (consumer.position(partition) < range.until()) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < range.until()) {
          take(record, decoder);
        }
      }
      if (consumer.position(partition) >= sayAt) {
        LOG.info("{}: {} of {} read", partition.topic(), sayAt, range.until());
        sayAt += SAID_EVERY;
      }
    }
  }

  private void take(ConsumerRecord<String, byte[]> record, RecordDecoder<Preference> decoder) {
    try {
      Preference preference = decoder.decode(record.topic(), record.value());
      if (preference.getWithdrawn()) {
        withdrawals.note(preference, record.offset());
      } else if (withdrawals.takeBack(preference, record.offset())) {
        withdrawn++;
      } else if (counted.isNew(preference)) {
        List<E> examples = converter.convert(preference);
        index.add(record.offset(), examples.size());
        truncatedRows += examples.stream().mapToInt(Example::truncatedRows).sum();
        keep(examples);
      }
    } catch (UndecodableException e) {
      refuse(record, DeadLetterKind.UNDECODABLE, e.getMessage());
    } catch (UnusableException e) {
      refuse(record, DeadLetterKind.RULE, e.getMessage());
    }
  }

  private void refuse(ConsumerRecord<String, byte[]> record, DeadLetterKind kind, String reason) {
    refused++;
    refusals.add(record, kind, reason, 0);
  }

  private void keep(List<E> examples) {
    if (index.size() > WindowedOrder.WINDOW) {
      first = List.of();
    } else {
      first.addAll(examples);
    }
  }

  /** Where the examples are. */
  ExampleIndex index() {
    return index;
  }

  /** All examples where they fit one window; else none. */
  List<E> firstExamples() {
    return first;
  }

  /** What was found, for people. */
  String summary() {
    String found =
        "%,d examples; %,d records refused, %,d seen before; %,d rows truncated"
            .formatted(index.size(), refused, counted.duplicates(), truncatedRows);
    return withdrawn == 0 ? found : "%s; %,d taken back".formatted(found, withdrawn);
  }
}
