package org.rlhfstreams.learner.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.ExampleIndex;
import org.rlhfstreams.learner.data.IdentityDigests;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.data.WindowedOrder;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through a range once and notes where its examples are. What fits one window is kept, so that
 * it need not be read again.
 */
final class RangeScan<E extends Example> {
  private static final Logger LOG = LoggerFactory.getLogger(RangeScan.class);
  private static final long SAID_EVERY = 100_000;

  private final TopicPartition partition;
  private final PreferenceConverter<E> converter;
  private final Refusals refusals;
  private final Withdrawals withdrawals = new Withdrawals();
  private CountedOnce counted = new CountedOnce(new IdentityDigests());
  private ExampleIndex index = new ExampleIndex();
  private List<E> first = new ArrayList<>();
  private long sayAt;
  private long withdrawn;
  private long refused;
  private String firstReason = "";
  private long truncatedRows;

  /**
   * @param refusals takes the records that cannot be learned from
   */
  RangeScan(TopicPartition partition, PreferenceConverter<E> converter, Refusals refusals) {
    this.partition = partition;
    this.converter = converter;
    this.refusals = refusals;
  }

  /**
   * Reads the range; once more if it takes back what comes before in it.
   *
   * @return false if it was told to stop before
   */
  boolean run(
      TopicReader reader, KafkaConnection connection, LogRange range, BooleanSupplier stopped) {
    RecordDecoder<Preference> decoder = connection.decoder(Preference.class);
    boolean whole = read(reader, decoder, range, stopped);
    if (whole && !withdrawals.isEmpty()) {
      withdrawals.ids().forEach(converter::withdraw);
      refusals.clear();
      counted = new CountedOnce(new IdentityDigests());
      index = new ExampleIndex();
      first = new ArrayList<>();
      refused = 0;
      truncatedRows = 0;
      return read(reader, decoder, range, stopped);
    }
    return whole;
  }

  private boolean read(
      TopicReader reader,
      RecordDecoder<Preference> decoder,
      LogRange range,
      BooleanSupplier stopped) {
    sayAt = range.from() + SAID_EVERY;
    reader.seek(partition, range.from());
    return reader.readTo(
        Map.of(partition, range.until()),
        RecordHandler.decoding(
            decoder,
            (record, preference) -> {
              say(record.offset(), range);
              take(record, preference);
            },
            (record, reason) -> refuse(record, DeadLetterKind.UNDECODABLE, reason.getMessage())),
        stopped);
  }

  private void say(long offset, LogRange range) {
    if (offset >= sayAt) {
      LOG.info("{}: {} of {} read", partition.topic(), sayAt, range.until());
      sayAt += SAID_EVERY;
    }
  }

  private void take(ConsumerRecord<String, byte[]> record, Preference preference) {
    try {
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
    } catch (UnusableException e) {
      refuse(record, DeadLetterKind.RULE, e.getMessage());
    }
  }

  private void refuse(ConsumerRecord<String, byte[]> record, DeadLetterKind kind, String reason) {
    refused++;
    firstReason = refused == 1 ? reason : firstReason;
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

  /**
   * Checks that something was found, or that nothing was there.
   *
   * @param range for messages
   * @throws ExplainedException if every record was refused; the message has the first reason
   */
  void requireUsable(String range) {
    if (index.size() == 0 && refused > 0) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "%s has nothing to learn from: all %,d records are refused; the first: %s",
              range,
              refused,
              firstReason));
    }
  }

  /** What was found, for people. */
  String summary() {
    String found =
        String.format(
            Locale.ROOT,
            "%,d examples; %,d records refused, %,d seen before; %,d rows truncated",
            index.size(),
            refused,
            counted.duplicates(),
            truncatedRows);
    return withdrawn == 0
        ? found
        : String.format(Locale.ROOT, "%s; %,d taken back", found, withdrawn);
  }
}
