package org.rlhfstreams.service.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rlhfstreams.common.ExplainedException;

@Timeout(60)
final class BulkReaderTest {
  private static final TopicPartition LARGE = new TopicPartition("rlhf.scored-rollouts", 0);
  private static final TopicPartition SMALL = new TopicPartition("rlhf.rollouts", 2);

  /** Has a record at each offset that is not a multiple of 10; those are markers. */
  private static class Marked extends MockConsumer<Void, ByteBuffer> {
    private final long open;

    /**
     * @param open where a transaction is open
     */
    Marked(long open) {
      super("none");
      this.open = open;
      updateBeginningOffsets(Map.of(LARGE, 0L, SMALL, 0L));
      updateEndOffsets(Map.of(LARGE, 1000L, SMALL, 1000L));
    }

    @Override
    public synchronized ConsumerRecords<Void, ByteBuffer> poll(Duration longest) {
      TopicPartition partition = assignment().iterator().next();
      long from = position(partition);
      long until = Math.min(open, from + 7);
      for (long offset = from; offset < until; offset++) {
        if (offset % 10 != 0) {
          addRecord(
              new ConsumerRecord<>(
                  partition.topic(), partition.partition(), offset, null, ByteBuffer.allocate(1)));
        }
      }
      ConsumerRecords<Void, ByteBuffer> records = super.poll(Duration.ZERO);
      seek(partition, until);
      return records;
    }
  }

  @Test
  void eachRecordBeforeItsEndIsHandedOverOnceInStretches() throws Exception {
    Set<String> taken = new ConcurrentSkipListSet<>();
    BulkReader reader = new BulkReader(() -> new Marked(1000), 3, 30, Duration.ofSeconds(30));
    reader.read(
        Map.of(LARGE, 5L, SMALL, 0L),
        Map.of(LARGE, 101L, SMALL, 21L),
        () ->
            record ->
                assertThat(taken.add(record.topic() + " " + record.offset()))
                    .as("offset %d", record.offset())
                    .isTrue());
    assertThat(taken).hasSize(86 + 18).contains("rlhf.scored-rollouts 99");
    assertThat(taken)
        .doesNotContain("rlhf.scored-rollouts 4", "rlhf.scored-rollouts 101", "rlhf.rollouts 21");
    assertThat(reader.records()).isEqualTo(104);
  }

  @Test
  void aTransactionThatStaysOpenIsNamed() {
    BulkReader reader = new BulkReader(() -> new Marked(50), 1, 1000, Duration.ofMillis(1));
    assertThatThrownBy(
            () -> reader.read(Map.of(LARGE, 0L), Map.of(LARGE, 100L), () -> record -> {}))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("a transaction on rlhf.scored-rollouts has been open");
  }

  @Test
  void whatRetentionRemovesMeanwhileIsPassedOverAndSaid() throws Exception {
    Set<Long> taken = new ConcurrentSkipListSet<>();
    BulkReader reader =
        new BulkReader(
            () ->
                new Marked(1000) {
                  @Override
                  public synchronized ConsumerRecords<Void, ByteBuffer> poll(Duration longest) {
                    if (position(LARGE) < 41) {
                      updateBeginningOffsets(Map.of(LARGE, 41L));
                      throw new OffsetOutOfRangeException(Map.of(LARGE, position(LARGE)));
                    }
                    return super.poll(longest);
                  }
                },
            1,
            1000,
            Duration.ofSeconds(30));
    reader.read(Map.of(LARGE, 0L), Map.of(LARGE, 60L), () -> record -> taken.add(record.offset()));
    assertThat(taken).hasSize(18).contains(41L, 59L);
    assertThat(reader.shortened()).containsExactly(LARGE);
  }

  @Test
  void nothingIsReadOfAnEmptyLog() throws Exception {
    new BulkReader(
            () -> {
              throw new AssertionError("no consumer is needed");
            },
            2,
            10,
            Duration.ofSeconds(1))
        .read(Map.of(LARGE, 3L), Map.of(LARGE, 3L), () -> record -> {});
  }
}
