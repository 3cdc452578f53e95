package org.rlhfstreams.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ClockStepsTest {
  private long wall = 1_000_000;
  private long nanos = 5;
  private final ClockSteps clock = new ClockSteps(() -> wall, () -> nanos);

  private void pass(Duration wallTime, Duration time) {
    wall += wallTime.toMillis();
    nanos += time.toNanos();
  }

  @Test
  void timeThatPassesIsNoStep() {
    pass(Duration.ofMillis(100), Duration.ofMillis(100));
    assertThat(clock.setBack()).isEmpty();
    pass(Duration.ofHours(3), Duration.ofHours(3));
    assertThat(clock.setBack()).isEmpty();
  }

  @Test
  void aClockThatIsSetBackIsNoticedOnce() {
    pass(Duration.ofHours(-5), Duration.ofSeconds(1));
    assertThat(clock.setBack()).contains(Duration.ofHours(5).plusSeconds(1));
    pass(Duration.ofSeconds(1), Duration.ofSeconds(1));
    assertThat(clock.setBack()).isEmpty();
  }

  @Test
  void aClockThatIsCorrectedALittleOrSetAheadIsLeftAlone() {
    pass(Duration.ofSeconds(-8), Duration.ofSeconds(1));
    assertThat(clock.setBack()).isEmpty();
    pass(Duration.ofHours(5), Duration.ofSeconds(1));
    assertThat(clock.setBack()).isEmpty();
  }
}
