package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.EpochOrder;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * Epochs over what {@code preferences} held when the run began. A preference id that comes twice
 * counts once.
 *
 * @param <E> the kind of example
 */
public final class OfflineSource<E extends Example> implements ExampleSource<E> {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConnection connection;
  private final PreferenceConverter<E> converter;
  private final TopicPartition partition;
  private final int batchSize;
  private final int epochs;
  private final long seed;
  private final List<E> examples = new ArrayList<>();
  private final Refusals refusals = new Refusals();
  private EpochOrder order;
  private int[] visit = {};
  private long end;
  private int epoch;
  private int index;

  /**
   * @param batchSize examples of a batch; an epoch's last batch may be smaller
   * @param seed of the order
   */
  public OfflineSource(
      KafkaConnection connection,
      PreferenceConverter<E> converter,
      int batchSize,
      int epochs,
      long seed) {
    this.connection = connection;
    this.converter = converter;
    this.partition = new TopicPartition(connection.topics().preferences().name(), 0);
    this.batchSize = batchSize;
    this.epochs = epochs;
    this.seed = seed;
  }

  @Override
  public void seek(Map<String, Long> position) {
    examples.clear();
    refusals.clear();
    epoch = position.getOrDefault("epoch", 0L).intValue();
    index = position.getOrDefault("index", 0L).intValue();
    try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      Long newest = consumer.endOffsets(List.of(partition)).get(partition);
      end = position.getOrDefault("end", newest);
      read(consumer);
    }
    order = new EpochOrder(examples.size(), seed);
    visit = order.of(epoch);
  }

  private void read(KafkaConsumer<String, byte[]> consumer) {
    RecordDecoder<Preference> decoder = connection.decoder(Preference.class);
    Set<String> seen = new HashSet<>();
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        if (record.offset() >= end) {
          return;
        }
        try {
          Preference preference = decoder.decode(record.topic(), record.value());
          if (seen.add(preference.getPreferenceId())) {
            examples.addAll(converter.convert(preference));
          }
        } catch (UndecodableException | UnusableException e) {
          refusals.add(record, e.getMessage(), 0);
        }
      }
    }
  }

  @Override
  public List<E> next(BooleanSupplier stopped) {
    if (examples.isEmpty() || stopped.getAsBoolean()) {
      return List.of();
    }
    if (index >= examples.size()) {
      index = 0;
      epoch++;
      visit = order.of(epoch);
    }
    if (epoch >= epochs) {
      return List.of();
    }
    List<E> batch = new ArrayList<>();
    int until = Math.min(index + batchSize, examples.size());
    while (index < until) {
      batch.add(examples.get(visit[index++]));
    }
    return batch;
  }

  @Override
  public Map<String, Long> position() {
    return Map.of("end", end, "epoch", (long) epoch, "index", (long) index);
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
    return end;
  }

  @Override
  public OptionalLong totalBatches() {
    if (epochs == Integer.MAX_VALUE && !examples.isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of((long) epochs * ((examples.size() + batchSize - 1) / batchSize));
  }

  @Override
  public void close() {
    examples.clear();
  }
}
