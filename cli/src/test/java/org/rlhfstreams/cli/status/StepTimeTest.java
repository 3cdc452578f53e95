package org.rlhfstreams.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A slow step says what it waited for. */
final class StepTimeTest {
  private static StepTime of(double examples, double weights, double disk) {
    return StepTime.of(
            Map.of(
                "step_seconds", 8.0,
                "wait_seconds/examples", examples,
                "wait_seconds/weights", weights,
                "wait_seconds/disk", disk))
        .orElseThrow();
  }

  @Test
  void theLongestWaitIsNamed() {
    assertThat(of(3.2, 1, 0.1).text()).isEqualTo("8.0 s, of which it waited 3.2 s for examples");
    assertThat(of(1, 4, 0.1).text())
        .isEqualTo("8.0 s, of which it waited 4.0 s for weights to leave");
    assertThat(of(0, 0.1, 6).longestWait()).contains("6.0 s for the disk");
  }

  @Test
  void shortWaitsAreNotWorthAWord() {
    assertThat(of(0.7, 0.1, 0.1).text()).isEqualTo("8.0 s");
  }

  @Test
  void stepsOfAReleaseThatDidNotMeasureItHaveNone() {
    assertThat(StepTime.of(Map.of("step_seconds", 8.0))).isEmpty();
  }
}
