package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
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

/**
 * Batches of {@code scored-rollouts} in the order in which requests became whole; refused ones are
 * stepped over. A request of which a response is missing is given up when later ones have filled
 * many batches, or nothing has come for a while: the others of its responses are refused then.
 */
public final class RolloutSource implements ExampleSource<ScoredSample> {
  private static final Logger LOG = LoggerFactory.getLogger(RolloutSource.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration REGISTRY_PAUSE = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BATCHES_BEHIND = 32;
  private static final String OFFSET = "offset";
  private static final String READ = "read";
  private static final String WAITING = "waiting-";

  private final TopicPartition partition;
  private final ScoredSamples samples;
  private final int batchSize;
  private final RecordDecoder<ScoredRollout> decoder;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Deque<ConsumerRecord<String, byte[]>> polled = new ArrayDeque<>();
  private final List<ScoredSample> gathered = new ArrayList<>();
  private final int groupSize;
  private final SampleGroups groups;
  private final Set<Long> waitedFor = new HashSet<>();
  private final Refusals refusals = new Refusals();
  private long readOffset;
  private long skippedTo;
  private long newestAt = System.nanoTime();
  private Map<String, Long> position = Map.of();

  /**
   * @param batchSize responses of a batch; a multiple of {@code groupSize}
   * @param groupSize responses to a request that are learned from together
   */
  public RolloutSource(
      KafkaConnection connection, ScoredSamples samples, int batchSize, int groupSize) {
    this.groupSize = groupSize;
    this.groups = new SampleGroups(groupSize);
    this.partition = new TopicPartition(connection.topics().scoredRollouts().name(), 0);
    this.samples = samples;
    this.batchSize = batchSize;
    this.decoder = connection.decoder(ScoredRollout.class);
    this.consumer = connection.plainConsumer();
    consumer.assign(List.of(partition));
  }

  @Override
  public void seek(Map<String, Long> target) {
    polled.clear();
    gathered.clear();
    groups.clear();
    waitedFor.clear();
    refusals.clear();
    Long offset = target.get(OFFSET);
    if (offset == null) {
      consumer.seekToBeginning(List.of(partition));
      offset = consumer.position(partition);
    } else {
      consumer.seek(partition, offset);
    }
    target.forEach(
        (name, value) -> {
          if (name.startsWith(WAITING)) {
            waitedFor.add(value);
          }
        });
    readOffset = offset;
    skippedTo = target.getOrDefault(READ, offset);
    position = target.isEmpty() ? Map.of(OFFSET, offset) : Map.copyOf(target);
  }

  @Override
  public List<ScoredSample> next(BooleanSupplier stopped) {
    while (gathered.size() < batchSize) {
      if (stopped.getAsBoolean()) {
        return List.of();
      }
      if (polled.isEmpty()) {
        poll();
      } else if (take(polled.peek())) {
        readOffset = polled.remove().offset() + 1;
        giveUp(readOffset - (long) BATCHES_BEHIND * batchSize);
      }
    }
    List<ScoredSample> batch = List.copyOf(gathered);
    gathered.clear();
    position = positionNow();
    return batch;
  }

  private void poll() {
    consumer.poll(POLL).forEach(polled::add);
    if (!polled.isEmpty()) {
      newestAt = System.nanoTime();
    } else if (System.nanoTime() - newestAt > PATIENCE.toNanos()) {
      giveUp(readOffset);
    }
  }

  private void giveUp(long offset) {
    for (SampleGroups.Member member : groups.giveUp(offset)) {
      refusals.add(
          member.record(),
          "another response to request "
              + member.sample().requestId()
              + " is missing, and this objective compares all of them",
          0); // who refused the missing one has counted the whole request
    }
  }

  private Map<String, Long> positionNow() {
    List<Long> waiting = groups.waiting();
    if (waiting.isEmpty()) {
      return Map.of(OFFSET, readOffset);
    }
    Map<String, Long> now = new HashMap<>();
    now.put(OFFSET, waiting.get(0));
    now.put(READ, readOffset);
    for (int i = 0; i < waiting.size(); i++) {
      now.put(WAITING + i, waiting.get(i));
    }
    return now;
  }

  /** Whether the record has been dealt with; false to try it again. */
  private boolean take(ConsumerRecord<String, byte[]> record) {
    if (record.offset() < skippedTo && !waitedFor.contains(record.offset())) {
      return true; // it was learned from, or refused, before
    }
    try {
      ScoredSample sample = samples.convert(decoder.decode(record.topic(), record.value()));
      gathered.addAll(groups.add(record, sample));
      return true;
    } catch (UndecodableException e) {
      refusals.add(record, e.getMessage(), 0); // nobody had asked for it
      return true;
    } catch (UnusableException e) {
      refusals.add(record, e.getMessage(), groupSize);
      return true;
    } catch (RegistryUnavailableException e) {
      LOG.warn("{}; waiting", e.getMessage());
      Pause.of(REGISTRY_PAUSE);
      return false;
    }
  }

  @Override
  public Map<String, Long> position() {
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
    return position.get(OFFSET);
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
