package org.rlhfstreams.topology.admission;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class StalenessBoundTest {
  @Test
  void zeroIsFullySynchronous() {
    StalenessBound bound = new StalenessBound(32, 0, 0);
    assertThat(bound.allowed(0, 0)).isEqualTo(32);
    assertThat(bound.allowed(7, 0)).isEqualTo(8 * 32);
  }

  @Test
  void theLastStepGetsItsBatchAndNoMore() {
    StalenessBound bound = new StalenessBound(32, 2, 10);
    assertThat(bound.allowed(9, 0)).isEqualTo(10 * 32);
    assertThat(bound.allowed(9, 3)).isEqualTo(10 * 32 + 3);
  }

  @Property
  void aBatchNeverWaitsForMoreThanTheBoundReleases(
      @ForAll @IntRange(min = 1, max = 512) int batchSize,
      @ForAll @DoubleRange(min = 0, max = 16) double staleness,
      @ForAll @LongRange(min = 0, max = 100_000) long step) {
    StalenessBound bound = new StalenessBound(batchSize, staleness, 0);
    long allowed = bound.allowed(step, 0);
    assertThat(allowed).isGreaterThanOrEqualTo((step + 1) * batchSize);
    assertThat(allowed).isLessThanOrEqualTo((long) ((step + 1 + staleness) * batchSize));
    assertThat(bound.allowed(step + 1, 0)).isGreaterThanOrEqualTo(allowed + batchSize - 1);
  }
}
