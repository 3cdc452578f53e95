package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.ExampleIndex;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.TopicReader;

/** Reads chosen examples out of the log: one run of fetches for each run of neighbours. */
final class WindowReader<E> implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  // A block of examples is about this long; what is fetched beyond it is thrown away.
  private static final int FETCH_BYTES = 256 << 10;
  // Records that are rather read over than jumped over.
  private static final int NEAR = 500;

  private final TopicPartition partition;
  private final PreferenceConverter<E> converter;
  private final ExampleIndex index;
  private final RecordDecoder<Preference> decoder;
  private final TopicReader reader;

  WindowReader(
      KafkaConnection connection,
      TopicPartition partition,
      PreferenceConverter<E> converter,
      ExampleIndex index) {
    this.partition = partition;
    this.converter = converter;
    this.index = index;
    this.decoder = connection.decoder(Preference.class);
    this.reader =
        TopicReader.ofPartitions(() -> connection.boundedConsumer(FETCH_BYTES), List.of(partition));
  }

  /**
   * Reads examples; waits while the broker is away.
   *
   * @param wanted indices of examples, ascending
   * @return in the same order; empty where {@code stopped} said so first
   * @throws ConnectionException where a record has gone from the log
   */
  Optional<List<E>> read(int[] wanted, BooleanSupplier stopped) {
    List<E> examples = new ArrayList<>(wanted.length);
    reader.seek(partition, index.offset(wanted[0]));
    while (examples.size() < wanted.length) {
      if (stopped.getAsBoolean()) {
        return Optional.empty();
      }
      reader.readNext(POLL, record -> take(record, wanted, examples));
      if (examples.size() < wanted.length) {
        long next = index.offset(wanted[examples.size()]);
        if (next > reader.fetched(partition) + NEAR) {
          reader.seek(partition, next);
        }
      }
    }
    return Optional.of(examples);
  }

  private void take(ConsumerRecord<String, byte[]> record, int[] wanted, List<E> examples) {
    List<E> ofRecord = List.of();
    while (examples.size() < wanted.length) {
      int example = wanted[examples.size()];
      if (index.offset(example) > record.offset()) {
        return;
      }
      if (index.offset(example) < record.offset()) {
        throw gone(index.offset(example), "retention has removed it", null);
      }
      if (ofRecord.isEmpty()) {
        ofRecord = convert(record);
      }
      examples.add(ofRecord.get(index.part(example)));
    }
  }

  private List<E> convert(ConsumerRecord<String, byte[]> record) {
    try {
      return converter.convert(decoder.decode(record.topic(), record.value()));
    } catch (UndecodableException | UnusableException e) {
      throw gone(record.offset(), "it cannot be read any more: " + e.getMessage(), e);
    }
  }

  private ConnectionException gone(long offset, String why, Exception cause) {
    return new ConnectionException(
        String.format(
            Locale.ROOT,
            "%s, offset %d, was there when the run began, but %s: begin a new run",
            partition.topic(),
            offset,
            why),
        cause);
  }

  @Override
  public void close() {
    reader.close();
  }
}
