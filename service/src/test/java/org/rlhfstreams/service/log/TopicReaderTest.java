package org.rlhfstreams.service.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.service.kafka.ConnectionException;

@Timeout(60)
final class TopicReaderTest {
  private static final TopicPartition PARTITION = new TopicPartition("rlhf.preferences", 0);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final Deque<Consumed> consumers = new ArrayDeque<>();
  private final List<Consumed> opened = new CopyOnWriteArrayList<>();
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final TopicReader reader =
      TopicReader.ofPartitions(
          () -> {
            Consumed next = consumers.remove();
            opened.add(next);
            return next;
          },
          List.of(PARTITION));
  private Optional<Thread> thread = Optional.empty();

  /** A consumer of a log whose first records are removed, or whose last offsets are markers. */
  private static final class Consumed extends MockConsumer<String, byte[]> {
    Consumed(long beginning, long end, long... offsets) {
      super("none");
      updateBeginningOffsets(Map.of(PARTITION, beginning));
      updateEndOffsets(Map.of(PARTITION, end));
      schedulePollTask(() -> write(offsets));
    }

    void write(long... offsets) {
      for (long offset : offsets) {
        byte[] value = ("record " + offset).getBytes(StandardCharsets.UTF_8);
        addRecord(
            new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), offset, "key", value));
      }
    }

    /** As a fetch that held nothing but transaction markers leaves the position. */
    void passMarkersTo(long offset) {
      schedulePollTask(() -> seek(PARTITION, offset));
    }
  }

  private Consumed consumer(long beginning, long end, long... offsets) {
    Consumed consumer = new Consumed(beginning, end, offsets);
    consumers.add(consumer);
    return consumer;
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    taken.add(new String(record.value(), StandardCharsets.UTF_8));
  }

  private void follow(RecordHandler handler) {
    Thread following = new Thread(() -> reader.follow(handler, error -> {}), "follows");
    following.setDaemon(true);
    following.start();
    thread = Optional.of(following);
  }

  private void awaitTaken(String... records) {
    await().untilAsserted(() -> assertThat(taken).containsExactly(records));
  }

  @AfterEach
  void stopsAtOnceWhateverItWaitsFor() throws InterruptedException {
    reader.stop();
    if (thread.isPresent()) {
      thread.get().join(Duration.ofSeconds(5).toMillis());
      assertThat(thread.get().isAlive()).isFalse();
    }
  }

  @Test
  void aBoundedReadEndsThoughItsLastOffsetsAreTransactionMarkers() {
    consumer(0, 4, 0, 1).passMarkersTo(4);
    reader.readTo(Map.of(PARTITION, 4L), this::take);
    assertThat(taken).containsExactly("record 0", "record 1");
  }

  @Test
  void aBoundedReadEndsBeforeWhatCameLater() {
    consumer(0, 3, 0, 1, 2);
    reader.readTo(Map.of(PARTITION, 2L), this::take);
    assertThat(taken).containsExactly("record 0", "record 1");
    assertThat(reader.fetched(PARTITION)).isEqualTo(2);
  }

  @Test
  void anEmptyTopicIsReadAtOnce() {
    consumer(0, 0);
    reader.readToEnd(this::take);
    assertThat(taken).isEmpty();
  }

  @Test
  void aTransactionThatHangsIsNamed() {
    consumer(0, 1, 0);
    assertThatThrownBy(() -> reader.readTo(Map.of(PARTITION, 3L), this::take, SHORT))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("a transaction on rlhf.preferences has been open for");
    assertThat(taken).containsExactly("record 0");
  }

  @Test
  void aRegistryThatStaysAwayIsNoHangingTransaction() {
    consumer(0, 1, 0);
    assertThatThrownBy(
            () ->
                reader.readTo(
                    Map.of(PARTITION, 1L),
                    record -> {
                      throw new RegistryUnavailableException("the registry is away", null);
                    },
                    SHORT))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessage("the registry is away");
  }

  @Test
  void aReadThatWaitsForeverEndsWhenItIsStopped() {
    consumer(0, 0);
    follow(this::take);
    await().until(() -> !opened.isEmpty() && reader.hasCaughtUp());
  }

  @Test
  void aReaderThatHasBeenStoppedBeforeItBeganDoesNotBegin() {
    consumer(0, 1, 0);
    reader.stop();
    reader.follow(this::take, error -> {});
    assertThat(taken).isEmpty();
  }

  @Test
  void aBrokerThatComesBackIsReadOnBehindTheNewestRecord() {
    Consumed before = consumer(0, 2, 0, 1);
    consumer(0, 4, 0, 1, 2, 3);
    follow(this::take);
    awaitTaken("record 0", "record 1");
    before.setPollException(new KafkaException("the broker is away"));
    awaitTaken("record 0", "record 1", "record 2", "record 3");
    assertThat(before.closed()).isTrue();
  }

  @Test
  void anErrorThatIsNotToBeMendedEndsTheReading() {
    consumer(0, 1).setPollException(new KafkaException("refused"));
    assertThatThrownBy(
            () ->
                reader.follow(
                    this::take,
                    error -> {
                      throw new IllegalStateException("it will not mend", error);
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("it will not mend");
  }

  @Test
  void noRecordIsLostWhileTheRegistryIsAway() {
    consumer(0, 2, 0, 1);
    AtomicInteger asked = new AtomicInteger();
    follow(
        record -> {
          if (asked.getAndIncrement() == 0) {
            throw new RegistryUnavailableException("the registry is away", null);
          }
          take(record);
        });
    awaitTaken("record 0", "record 1");
    assertThat(asked).hasValue(3);
  }

  @Test
  void oneLookDoesNotWaitForTheRegistry() {
    consumer(0, 1, 0);
    List<String> asked = new ArrayList<>();
    RecordHandler away =
        record -> {
          asked.add(record.key());
          throw new RegistryUnavailableException("the registry is away", null);
        };
    for (int look = 0; look < 100; look++) {
      assertThat(reader.readNext(Duration.ZERO, away)).isFalse();
    }
    assertThat(asked).hasSize(1);
    assertThat(reader.waiting()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void whatRetentionHasRemovedIsPassed() {
    Consumed consumer = consumer(5, 7, 5, 6);
    reader.seek(PARTITION, 2);
    reader.readTo(Map.of(PARTITION, 7L), this::take);
    assertThat(taken).containsExactly("record 5", "record 6");
    assertThat(consumer.position(PARTITION)).isEqualTo(7);
  }

  @Test
  void whatRetentionHasRemovedEndsAReaderWithoutGaps() {
    consumer(5, 7, 5, 6);
    TopicReader strict = reader.withoutGaps();
    strict.seek(PARTITION, 2);
    assertThatThrownBy(() -> strict.readTo(Map.of(PARTITION, 7L), this::take))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("offset 2 of rlhf.preferences-0")
        .hasMessageContaining("begins at 5")
        .hasMessageContaining("retention");
    assertThat(taken).isEmpty();
  }

  @Test
  void itTellsFromAnotherThreadHowFarItIs() {
    Consumed consumer = consumer(0, 2, 0, 1);
    assertThat(reader.hasCaughtUp()).isFalse();
    follow(this::take);
    await().until(reader::hasCaughtUp);
    assertThat(taken).hasSize(2);
    assertThat(reader.hasReached(Map.of(PARTITION, 3L))).isFalse();
    consumer.schedulePollTask(() -> consumer.write(2));
    await().until(() -> reader.hasReached(Map.of(PARTITION, 3L)));
  }
}
