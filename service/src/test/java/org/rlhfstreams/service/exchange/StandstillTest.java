package org.rlhfstreams.service.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class StandstillTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Standstill standstill = new Standstill("rollout-workers", Duration.ofMinutes(10));

  @Test
  void aRecordMayTakeAnyTimeWhileSomethingMoves() {
    for (int hour = 0; hour < 100; hour++) {
      assertThat(standstill.isOver(hour / 6, 1, hour * 100L * SECOND)).isFalse();
    }
  }

  @Test
  void workThatStandsStillForLongerThanTheGroupWaitsIsOver() {
    assertThat(standstill.isOver(7, 3, 0)).isFalse();
    assertThat(standstill.isOver(7, 3, 600 * SECOND)).isFalse();
    assertThat(standstill.isOver(7, 3, 601 * SECOND)).isTrue();
    assertThat(standstill.named(new TopicPartition("requests", 2), 7))
        .hasMessageContaining("nothing has moved for 600.0 s")
        .hasMessageContaining("offset 7 of partition 2 of requests")
        .hasMessageContaining("kafka.max.poll.interval.ms");
  }

  @Test
  void whoHasNothingToDoMayRest() {
    assertThat(standstill.isOver(7, 0, 0)).isFalse();
    assertThat(standstill.isOver(7, 0, 10_000 * SECOND)).isFalse();
    assertThat(standstill.isOver(7, 1, 10_001 * SECOND)).isFalse();
  }
}
