package org.rlhfstreams.learner.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * Preferences as they arrive: one pass in the order of the log that never ends. A preference id
 * counts once, also across restarts: which ones were counted follows from the log, which a restart
 * goes through from the range's beginning to its position. It is held in memory, 24 to 48 bytes an
 * id.
 *
 * <p>A {@link RolloutSource} differs in that its events are in the log once already, and that some
 * are learned together.
 *
 * @param <E> the kind of example
 */
final class LiveSource<E extends Example> implements ExampleSource<E> {
  private static final String OFFSET = "offset";
  private static final String PART = "part";

  private final RangeConfiguration range;
  private final BatchRule rule;
  private final PreferenceConverter<E> converter;
  private final LogReader<Preference> reader;
  private final Deque<Placed<E>> ready = new ArrayDeque<>();
  private final List<E> gathered = new ArrayList<>();
  private CountedOnce counted = new CountedOnce();
  private Place batchEnd;
  private int partsToSkip;
  private long duplicatesBefore;
  private boolean shortBatch;
  private Map<String, Double> figures = Map.of();

  /** Where a batch can begin: at a record, or at one of its later examples. */
  private record Place(long offset, int part) {}

  private record Placed<E>(E example, Place place) {}

  LiveSource(
      KafkaConnection connection,
      TopicPartition partition,
      RangeConfiguration range,
      BatchRule rule,
      PreferenceConverter<E> converter) {
    this.range = range;
    this.rule = rule;
    this.converter = converter;
    this.reader = new LogReader<>(connection, partition, Preference.class, 0);
  }

  @Override
  public void seek(Map<String, Long> position) {
    ready.clear();
    gathered.clear();
    counted = new CountedOnce();
    if (position.isEmpty()) {
      reader.begin(range);
      batchEnd = new Place(reader.offset(), 0);
    } else {
      batchEnd = new Place(position.get(OFFSET), position.get(PART).intValue());
      recount(LogRange.of(position));
      reader.goOn(LogRange.of(position), batchEnd.offset());
    }
    partsToSkip = batchEnd.part();
    duplicatesBefore = counted.duplicates();
  }

  /** Which ids were counted before the position. */
  private void recount(LogRange begun) {
    reader.goOver(new LogRange(begun.from(), batchEnd.offset()));
    while (!reader.isAtEnd()) {
      boolean unused =
          reader.read(
              offset -> true,
              (record, preference) -> {
                boolean unusedToo = counted.isNew(preference);
              });
    }
  }

  @Override
  public List<E> next(BooleanSupplier stopped) {
    long firstAt = System.nanoTime();
    while (gathered.size() < rule.size()) {
      if (stopped.getAsBoolean()) {
        return List.of();
      }
      if (!ready.isEmpty()) {
        firstAt = gathered.isEmpty() ? System.nanoTime() : firstAt;
        gathered.add(ready.remove().example());
      } else if (rule.goesShort(gathered.size(), System.nanoTime() - firstAt)
          && reader.isCaughtUp()) {
        break;
      } else {
        boolean unused = reader.read(offset -> true, this::take);
      }
    }
    List<E> batch = List.copyOf(gathered);
    gathered.clear();
    shortBatch = batch.size() < rule.size();
    batchEnd = ready.isEmpty() ? new Place(reader.offset(), 0) : ready.peek().place();
    figures = DataFigures.of(batch, counted.duplicates() - duplicatesBefore);
    duplicatesBefore = counted.duplicates();
    return batch;
  }

  private void take(ConsumerRecord<String, byte[]> record, Preference preference)
      throws UnusableException {
    int skipped = partsToSkip;
    partsToSkip = 0;
    if (counted.isNew(preference)) {
      List<E> examples = converter.convert(preference);
      for (int part = skipped; part < examples.size(); part++) {
        ready.add(new Placed<>(examples.get(part), new Place(record.offset(), part)));
      }
    }
  }

  @Override
  public boolean followsFromTheLog() {
    return !shortBatch;
  }

  @Override
  public Map<String, Double> figures() {
    return figures;
  }

  @Override
  public String described() {
    return reader.described();
  }

  @Override
  public Map<String, Long> position() {
    Map<String, Long> position = new HashMap<>();
    reader.range().into(position);
    position.put(OFFSET, batchEnd.offset());
    position.put(PART, (long) batchEnd.part());
    return position;
  }

  @Override
  public List<Refusal> takeRefusals() {
    return reader.refusals().take();
  }

  @Override
  public TopicPartition partition() {
    return reader.partition();
  }

  @Override
  public long offset() {
    return batchEnd.offset();
  }

  @Override
  public OptionalLong totalBatches() {
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    reader.close();
  }
}
