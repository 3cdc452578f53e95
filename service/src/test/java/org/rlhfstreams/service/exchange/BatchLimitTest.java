package org.rlhfstreams.service.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.service.kafka.ConnectionException;

final class BatchLimitTest {
  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final Duration LONGER = Duration.ofSeconds(601);
  private static final Duration QUICK = Duration.ofSeconds(100);

  private final BatchLimit limit = new BatchLimit("rollout-workers", 16, INTERVAL);

  private void refused(int records, Duration took) {
    limit.refused(records, new ConsumerRecord<>("requests", 2, 7, "key", "value"), took);
  }

  @Test
  void aBatchThatTookTooLongIsHalvedDownToOne() {
    refused(16, LONGER);
    assertThat(limit.size()).isEqualTo(8);
    refused(3, LONGER);
    assertThat(limit.size()).isEqualTo(1);
  }

  @Test
  void aRebalanceIsNotTheBatchsFault() {
    refused(16, QUICK);
    assertThat(limit.size()).isEqualTo(16);
    refused(1, QUICK);
    refused(1, QUICK);
    assertThat(limit.size()).isEqualTo(16);
  }

  @Test
  void itGrowsBackWhenFullBatchesAreQuickAndLaterEachTime() {
    refused(16, LONGER);
    for (int i = 0; i < 8; i++) {
      assertThat(limit.size()).isEqualTo(8);
      limit.committed(8, QUICK);
    }
    assertThat(limit.size()).isEqualTo(16);
    refused(16, LONGER);
    refused(8, LONGER);
    for (int i = 0; i < 16; i++) {
      limit.committed(3, QUICK);
      assertThat(limit.size()).isEqualTo(4);
      limit.committed(4, Duration.ofSeconds(200));
    }
    assertThat(limit.size()).isEqualTo(4);
    for (int i = 0; i < 16; i++) {
      assertThat(limit.size()).isEqualTo(4);
      limit.committed(4, QUICK);
    }
    assertThat(limit.size()).isEqualTo(8);
  }

  @Test
  void oneRecordThatTakesTooLongTwiceEndsTheMember() {
    refused(1, LONGER);
    limit.committed(1, QUICK);
    refused(1, LONGER);
    assertThatThrownBy(() -> refused(1, LONGER))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("offset 7 of partition 2 of requests took 601.0 s")
        .hasMessageContaining("Set kafka.max.poll.interval.ms above");
  }
}
