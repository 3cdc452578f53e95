package org.rlhfstreams.people.live;

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
import org.rlhfstreams.service.log.RecordCounts;

@Timeout(60)
final class StageCountsTest {
  private static final TopicPartition ROLLOUTS = new TopicPartition("rlhf.rollouts", 0);

  /** Each second offset is a marker. */
  private static final class Marked extends MockConsumer<Void, ByteBuffer> {
    Marked() {
      super("none");
      updateBeginningOffsets(Map.of(ROLLOUTS, 0L));
      updateEndOffsets(Map.of(ROLLOUTS, 2000L));
    }

    @Override
    public synchronized ConsumerRecords<Void, ByteBuffer> poll(Duration longest) {
      long from = position(ROLLOUTS);
      for (long offset = from; offset < from + 50; offset++) {
        if (offset % 2 == 0) {
          addRecord(new ConsumerRecord<>("rlhf.rollouts", 0, offset, null, ByteBuffer.allocate(1)));
        }
      }
      ConsumerRecords<Void, ByteBuffer> records = super.poll(Duration.ZERO);
      seek(ROLLOUTS, from + 50);
      return records;
    }
  }

  @Test
  void aStageThatIsDoneHasNoLagAndItsRateCountsRecords() {
    try (StageCounts counts = new StageCounts(new RecordCounts(Marked::new))) {
      assertThat(counts.records(ROLLOUTS, 99, 100)).isZero();
      assertThat(counts.done("reward", ROLLOUTS, 100)).isZero();
      assertThat(counts.done("reward", ROLLOUTS, 140)).isEqualTo(20);
      assertThat(counts.done("reward", ROLLOUTS, 141)).isEqualTo(21);
      assertThat(counts.records(ROLLOUTS, 141, 1141)).isEqualTo(500);
    }
  }
}
