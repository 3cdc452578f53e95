package org.rlhfstreams.service.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.log.TopicReader;

@Timeout(60)
final class WeightGenerationsTest {
  private static final Topic WEIGHTS = new Topics("run.", 1).policyWeights();
  private static final TopicPartition PARTITION = new TopicPartition(WEIGHTS.name(), 0);

  private final EventSerdes serdes = new EventSerdes("mock://generations", Map.of());
  private final List<ConsumerRecord<String, byte[]>> log = new ArrayList<>();
  private final AtomicLong fetched = new AtomicLong();
  private int fetchedAtOnce = 2;
  private long end = -1;

  /** Has the records of the log, and fetches some at a time. */
  private final class Fetching extends MockConsumer<String, byte[]> {
    Fetching() {
      super("none");
      updateBeginningOffsets(Map.of(PARTITION, 0L));
      updateEndOffsets(Map.of(PARTITION, end < 0 ? log.size() : end));
    }

    @Override
    public synchronized ConsumerRecords<String, byte[]> poll(Duration longest) {
      if (paused().isEmpty()) {
        int from = (int) position(PARTITION);
        List<ConsumerRecord<String, byte[]>> some =
            log.subList(from, Math.min(log.size(), from + fetchedAtOnce));
        some.forEach(this::addRecord);
        fetched.addAndGet(some.size());
      }
      return super.poll(Duration.ZERO);
    }
  }

  private void add(String key, byte[] value) {
    log.add(new ConsumerRecord<>(PARTITION.topic(), 0, log.size(), key, value));
  }

  private void publish(WeightVersion version) {
    EventSerdes.trustEvents();
    try (Serializer<Object> serializer = serdes.serializer()) {
      for (WeightRecord record :
          PublishedVersion.of(WEIGHTS, Optional.empty(), 1, PublishedVersion.tensors())) {
        WeightRecord ofVersion = WeightRecord.newBuilder(record).setVersion(version).build();
        add(WeightVersions.text(version), serializer.serialize(WEIGHTS.name(), ofVersion));
      }
    }
  }

  private OptionalInt newest() {
    return generations().newest();
  }

  private WeightGenerations generations() {
    try (TopicReader reader = TopicReader.ofPartitions(Fetching::new, List.of(PARTITION))) {
      return WeightGenerations.of(
          reader, PARTITION, new RecordDecoder<>(WeightRecord.class, serdes));
    }
  }

  @Test
  void thereIsNoneInAnEmptyTopic() {
    assertThat(newest()).isEmpty();
  }

  @Test
  void theNewestIsFoundWithoutTheTensors() {
    publish(new WeightVersion(0, 7L));
    publish(new WeightVersion(2, 1L));
    publish(new WeightVersion(1, 9L));
    int ofOne = log.size() / 3;
    assertThat(ofOne).as("records of a version").isGreaterThan(4);
    assertThat(newest()).hasValue(2);
    assertThat(fetched).as("header, one more, last chunk, commit").hasValueLessThanOrEqualTo(3 * 4);
  }

  @Test
  void aHeaderWhoseChunksAreNotWhereItSaysHidesNothing() {
    publish(new WeightVersion(1, 1L));
    int header = log.size();
    publish(new WeightVersion(2, 1L));
    log.subList(header + 1, log.size()).clear(); // the header alone
    publish(new WeightVersion(5, 1L));
    publish(new WeightVersion(3, 1L));
    assertThat(newest()).hasValue(5);
  }

  @Test
  void whatHasNoCommitCountsAsTakenAndNotAsPublished() {
    publish(new WeightVersion(1, 1L));
    publish(new WeightVersion(2, 1L));
    log.remove(log.size() - 1); // killed before it
    assertThat(newest()).hasValue(2);
    assertThat(generations().newestCommitted()).hasValue(1);
  }

  @Test
  void whatIsPublishedMeanwhileIsLeftToTheNextLook() {
    publish(new WeightVersion(1, 1L));
    end = log.size();
    publish(new WeightVersion(2, 1L));
    fetchedAtOnce = log.size();
    assertThat(newest()).hasValue(1);
  }

  @Test
  void whatIsNoWeightRecordIsPassedOver() {
    publish(new WeightVersion(3, 1L));
    add(null, "nonsense".getBytes(StandardCharsets.UTF_8));
    add("no version", null);
    add("999.1", new byte[] {0, 0, 0, 0, 99, 1});
    assertThat(newest()).hasValue(3);
  }
}
