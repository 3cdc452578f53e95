package org.rlhfstreams.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

final class TopologyRestartsTest {
  private long now;
  private final TopologyRestarts restarts = new TopologyRestarts(Duration.ofSeconds(1), () -> now);

  private static StreamsException at(long offset) {
    return new StreamsException(
        "Exception caught in process. taskId=0_0, processor=P, topic=prompts, partition=2, offset="
            + offset,
        new IllegalStateException("at " + System.nanoTime()));
  }

  @Test
  void theSameRecordEndsThemAfterAPauseThatGrows() {
    assertThat(restarts.pauseAfter(at(7))).contains(Duration.ofSeconds(1));
    assertThat(restarts.pauseAfter(at(7))).contains(Duration.ofSeconds(2));
    assertThat(restarts.pauseAfter(at(7))).contains(Duration.ofSeconds(4));
    assertThat(restarts.pauseAfter(at(7))).contains(Duration.ofSeconds(5));
    assertThat(restarts.pauseAfter(at(7))).isEmpty();
    assertThat(TopologyRestarts.place(at(7))).isEqualTo("partition 2 of prompts, offset 7");
  }

  @Test
  void faultsOfOtherRecordsArePassed() {
    for (int i = 0; i < 10 * TopologyRestarts.LIMIT; i++) {
      assertThat(restarts.pauseAfter(at(i))).isPresent();
    }
  }

  @Test
  void twoRecordsThatFailInTurnEndThemToo() {
    for (int i = 0; i < 2 * (TopologyRestarts.LIMIT - 1); i++) {
      assertThat(restarts.pauseAfter(at(i % 2))).isPresent();
    }
    assertThat(restarts.pauseAfter(at(0))).isEmpty();
  }

  @Test
  void whatTheBrokerMayMendIsWaitedOut() {
    StreamsException away = new StreamsException("commit", new TimeoutException("no broker"));
    for (int i = 0; i < 10 * TopologyRestarts.LIMIT; i++) {
      assertThat(restarts.pauseAfter(away)).isPresent();
    }
    assertThat(restarts.pauseAfter(away)).contains(Duration.ofSeconds(5));
  }

  @Test
  void aFaultAfterALongTimeIsANewOne() {
    for (int i = 1; i < TopologyRestarts.LIMIT; i++) {
      assertThat(restarts.pauseAfter(at(7))).isPresent();
    }
    now += Duration.ofMinutes(11).toNanos();
    assertThat(restarts.pauseAfter(at(7))).contains(Duration.ofSeconds(1));
  }

  @Test
  void oneWithoutARecordIsKnownByItsLine() {
    RuntimeException fault = new IllegalStateException("x");
    for (int i = 1; i < TopologyRestarts.LIMIT; i++) {
      assertThat(restarts.pauseAfter(fault)).isPresent();
    }
    assertThat(restarts.pauseAfter(fault)).isEmpty();
    assertThat(TopologyRestarts.place(fault)).startsWith("IllegalStateException at ");
  }
}
