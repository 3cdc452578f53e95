package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches of a topic in the order of the log, once over, as far as its range goes or for ever;
 * refused records are stepped over. What is left at a range's end and fills no batch is not handed
 * out.
 *
 * @param <V> the kind of event
 * @param <E> the kind of example
 */
final class FollowingSource<V extends SpecificRecord, E extends Example>
    implements ExampleSource<E> {
  private static final Logger LOG = LoggerFactory.getLogger(FollowingSource.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration REGISTRY_PAUSE = Duration.ofSeconds(1);
  private static final String OFFSET = "offset";
  private static final String PART = "part";

  private final TopicPartition partition;
  private final RangeConfiguration range;
  private final BatchRule rule;
  private final EventConverter<V, E> converter;
  private final int lostByRefusal;
  private final CountedOnce<V> counted;
  private final RecordDecoder<V> decoder;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Deque<ConsumerRecord<String, byte[]>> polled = new ArrayDeque<>();
  private final Deque<Placed<E>> ready = new ArrayDeque<>();
  private final List<E> gathered = new ArrayList<>();
  private final Refusals refusals = new Refusals();
  private LogRange resolved;
  private long readOffset;
  private int partsToSkip;
  private Place batchEnd;
  private boolean shortBatch;
  private Map<String, Double> figures = Map.of();
  private long duplicatesBefore;

  /** An example of a record, by its number. */
  private record Placed<E>(E example, Place place) {}

  /** Where a batch can begin: at a record, or at one of its later examples. */
  private record Place(long offset, int part) {}

  /**
   * @param lostByRefusal rollouts that admission should release others for when one is refused
   * @param counted what has been handed out, so that it is not again
   */
  FollowingSource(
      KafkaConnection connection,
      TopicPartition partition,
      Class<V> event,
      RangeConfiguration range,
      BatchRule rule,
      EventConverter<V, E> converter,
      int lostByRefusal,
      CountedOnce<V> counted) {
    this.partition = partition;
    this.range = range;
    this.rule = rule;
    this.converter = converter;
    this.lostByRefusal = lostByRefusal;
    this.counted = counted;
    this.decoder = connection.decoder(event);
    this.consumer = connection.plainConsumer();
    consumer.assign(List.of(partition));
  }

  @Override
  public void seek(Map<String, Long> position) {
    polled.clear();
    ready.clear();
    gathered.clear();
    refusals.clear();
    counted.clear();
    RangeResolver resolver = new RangeResolver(consumer, partition);
    if (position.isEmpty()) {
      resolved = resolver.resolve(range);
      batchEnd = new Place(resolved.from(), 0);
    } else {
      resolved = LogRange.of(position);
      batchEnd = new Place(position.get(OFFSET), position.get(PART).intValue());
      resolver.requireKept(batchEnd.offset());
      if (counted.remembers()) {
        recount();
      }
    }
    duplicatesBefore = counted.duplicates();
    consumer.seek(partition, batchEnd.offset());
    readOffset = batchEnd.offset();
    partsToSkip = batchEnd.part();
  }

  /** Which ids were counted before the position follows from the log. */
  private void recount() {
    consumer.seek(partition, resolved.from());
    while (consumer.position(partition) < batchEnd.offset()) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < batchEnd.offset()) {
          try {
            boolean unused = counted.isNew(decoder.decode(record.topic(), record.value()));
          } catch (UndecodableException e) {
            LOG.debug("offset {} was refused before", record.offset());
          }
        }
      }
    }
  }

  @Override
  public List<E> next(BooleanSupplier stopped) {
    long firstAt = System.nanoTime();
    while (gathered.size() < rule.size()) {
      if (stopped.getAsBoolean() || isAtEnd()) {
        return List.of();
      }
      if (!ready.isEmpty()) {
        if (gathered.isEmpty()) {
          firstAt = System.nanoTime();
        }
        gathered.add(ready.remove().example());
      } else if (!polled.isEmpty()) {
        if (take(polled.peek())) {
          readOffset = polled.remove().offset() + 1;
        }
      } else if (rule.goesShort(gathered.size(), System.nanoTime() - firstAt) && isCaughtUp()) {
        break;
      } else {
        poll();
      }
    }
    return formed();
  }

  private List<E> formed() {
    List<E> batch = List.copyOf(gathered);
    gathered.clear();
    shortBatch = batch.size() < rule.size();
    batchEnd = ready.isEmpty() ? new Place(readOffset, 0) : ready.peek().place();
    if (counted.remembers()) {
      figures = DataFigures.of(batch, counted.duplicates() - duplicatesBefore);
    }
    duplicatesBefore = counted.duplicates();
    return batch;
  }

  private boolean isAtEnd() {
    return resolved.isBounded()
        && ready.isEmpty()
        && polled.isEmpty()
        && consumer.position(partition) >= resolved.until();
  }

  /** Whether all that the log held at the last look has been read. */
  private boolean isCaughtUp() {
    OptionalLong lag = consumer.currentLag(partition);
    return lag.isPresent() && lag.getAsLong() == 0;
  }

  private void poll() {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
      if (record.offset() < resolved.until()) {
        polled.add(record);
      }
    }
  }

  /** Whether the record has been dealt with; false to try it again. */
  private boolean take(ConsumerRecord<String, byte[]> record) {
    int skipped = partsToSkip;
    try {
      V event = decoder.decode(record.topic(), record.value());
      partsToSkip = 0;
      if (counted.isNew(event)) {
        List<E> examples = converter.convert(event);
        for (int part = skipped; part < examples.size(); part++) {
          ready.add(new Placed<>(examples.get(part), new Place(record.offset(), part)));
        }
      }
      return true;
    } catch (UndecodableException e) {
      refusals.add(record, e.getMessage(), 0); // nobody had asked for it
      return true;
    } catch (UnusableException e) {
      refusals.add(record, e.getMessage(), lostByRefusal);
      return true;
    } catch (RegistryUnavailableException e) {
      LOG.warn("{}; waiting", e.getMessage());
      Pause.of(REGISTRY_PAUSE);
      return false;
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
    return partition.topic() + ", " + resolved.text();
  }

  @Override
  public Map<String, Long> position() {
    Map<String, Long> position = new HashMap<>();
    resolved.into(position);
    position.put(OFFSET, batchEnd.offset());
    position.put(PART, (long) batchEnd.part());
    return position;
  }

  @Override
  public List<Refusal> takeRefusals() {
    return refusals.take();
  }

  @Override
  public TopicPartition partition() {
    return partition;
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
    consumer.close();
  }
}
