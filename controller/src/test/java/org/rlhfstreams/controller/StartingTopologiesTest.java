package org.rlhfstreams.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A start that takes too long says what to look at. */
final class StartingTopologiesTest {
  private final AtomicLong now = new AtomicLong();
  private final StartingTopologies starting = new StartingTopologies("run.topologies", now::get);

  @Test
  void aStartThatTakesLongNamesTheGroupAndWhatToDo() {
    assertThat(starting.reason()).isEqualTo("the topologies are starting");
    now.addAndGet(Duration.ofSeconds(75).toNanos());
    assertThat(starting.reason())
        .startsWith("the topologies have been starting for 75 s")
        .contains("restart the broker", "--group run.topologies");
    starting.again();
    assertThat(starting.reason()).isEqualTo("the topologies are starting");
  }
}
