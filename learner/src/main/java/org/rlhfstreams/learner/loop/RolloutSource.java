package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.data.ScoredSamples;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Batches of {@code scored-rollouts} in the order of the log; refused ones are stepped over. */
public final class RolloutSource implements ExampleSource<ScoredSample> {
  private static final Logger LOG = LoggerFactory.getLogger(RolloutSource.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration REGISTRY_PAUSE = Duration.ofSeconds(1);
  private static final String OFFSET = "offset";

  private final TopicPartition partition;
  private final ScoredSamples samples;
  private final int batchSize;
  private final RecordDecoder<ScoredRollout> decoder;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Deque<ConsumerRecord<String, byte[]>> polled = new ArrayDeque<>();
  private final List<ScoredSample> gathered = new ArrayList<>();
  private final Refusals refusals = new Refusals();
  private long readOffset;
  private long batchEnd;

  public RolloutSource(KafkaConnection connection, ScoredSamples samples, int batchSize) {
    this.partition = new TopicPartition(connection.topics().scoredRollouts().name(), 0);
    this.samples = samples;
    this.batchSize = batchSize;
    this.decoder = connection.decoder(ScoredRollout.class);
    this.consumer = connection.plainConsumer();
    consumer.assign(List.of(partition));
  }

  @Override
  public void seek(Map<String, Long> position) {
    polled.clear();
    gathered.clear();
    refusals.clear();
    Long offset = position.get(OFFSET);
    if (offset == null) {
      consumer.seekToBeginning(List.of(partition));
      offset = consumer.position(partition);
    } else {
      consumer.seek(partition, offset);
    }
    readOffset = offset;
    batchEnd = offset;
  }

  @Override
  public List<ScoredSample> next(BooleanSupplier stopped) {
    while (gathered.size() < batchSize) {
      if (stopped.getAsBoolean()) {
        return List.of();
      }
      if (polled.isEmpty()) {
        consumer.poll(POLL).forEach(polled::add);
      } else if (take(polled.peek())) {
        readOffset = polled.remove().offset() + 1;
      }
    }
    List<ScoredSample> batch = List.copyOf(gathered);
    gathered.clear();
    batchEnd = readOffset;
    return batch;
  }

  /** Whether the record has been dealt with; false to try it again. */
  private boolean take(ConsumerRecord<String, byte[]> record) {
    try {
      gathered.add(samples.convert(decoder.decode(record.topic(), record.value())));
      return true;
    } catch (UndecodableException e) {
      refusals.add(record, e.getMessage(), 0); // nobody had asked for it
      return true;
    } catch (UnusableException e) {
      refusals.add(record, e.getMessage(), 1);
      return true;
    } catch (RegistryUnavailableException e) {
      LOG.warn("{}; waiting", e.getMessage());
      Pause.of(REGISTRY_PAUSE);
      return false;
    }
  }

  @Override
  public Map<String, Long> position() {
    return Map.of(OFFSET, batchEnd);
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
    return batchEnd;
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
