package org.rlhfstreams.service.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RecordCountsTest {
  private static final TopicPartition PROMPTS = new TopicPartition("rlhf.prompts", 0);

  /** Has a transaction's marker at each third offset; a transaction is open at 30. */
  private static final class Marked extends MockConsumer<Void, ByteBuffer> {
    Marked() {
      super("none");
      updateBeginningOffsets(Map.of(PROMPTS, 0L));
      updateEndOffsets(Map.of(PROMPTS, 30L));
    }

    @Override
    public synchronized ConsumerRecords<Void, ByteBuffer> poll(Duration longest) {
      long from = position(PROMPTS);
      long until = Math.min(30, from + 4);
      for (long offset = from; offset < until; offset++) {
        if (offset % 3 != 2) {
          addRecord(new ConsumerRecord<>("rlhf.prompts", 0, offset, null, ByteBuffer.allocate(1)));
        }
      }
      ConsumerRecords<Void, ByteBuffer> records = super.poll(Duration.ZERO);
      seek(PROMPTS, until);
      return records;
    }
  }

  @Test
  void markersAreNoRecords() {
    try (RecordCounts counts = new RecordCounts(Marked::new)) {
      assertThat(counts.count(PROMPTS, 0, 6)).isEqualTo(4);
      assertThat(counts.count(PROMPTS, 5, 6)).isZero();
      assertThat(counts.count(PROMPTS, 6, 6)).isZero();
      assertThat(counts.count(PROMPTS, 4, 11)).isEqualTo(5);
    }
  }

  @Test
  void ofALongStretchTheBeginningIsRead() {
    try (RecordCounts counts = new RecordCounts(Marked::new, 6)) {
      assertThat(counts.count(PROMPTS, 0, 8)).isEqualTo(6);
      assertThat(counts.count(PROMPTS, 0, 1_000_008)).isEqualTo(1_000_006);
    }
  }

  @Test
  void whatIsBehindAnOpenTransactionIsNotWaitedFor() {
    try (RecordCounts counts = new RecordCounts(Marked::new)) {
      assertThat(counts.count(PROMPTS, 27, 40)).isEqualTo(2);
    }
  }
}
