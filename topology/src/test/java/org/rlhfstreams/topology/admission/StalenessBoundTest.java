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
    assertThat(bound.outstanding(0)).isEqualTo(32);
    assertThat(bound.outstanding(7)).isEqualTo(32);
  }

  @Test
  void theLastStepGetsItsBatchAndNoMore() {
    StalenessBound bound = new StalenessBound(32, 2, 10);
    assertThat(bound.outstanding(7)).isEqualTo(3 * 32);
    assertThat(bound.outstanding(9)).isEqualTo(32);
    assertThat(bound.outstanding(10)).isZero();
  }

  @Property
  void aBatchNeverWaitsForMoreThanTheBoundReleases(
      @ForAll @IntRange(min = 1, max = 512) int batchSize,
      @ForAll @DoubleRange(min = 0, max = 16) double staleness,
      @ForAll @LongRange(min = 0, max = 100_000) long step) {
    long outstanding = new StalenessBound(batchSize, staleness, 0).outstanding(step);
    assertThat(outstanding).isGreaterThanOrEqualTo(batchSize);
    assertThat(outstanding).isLessThanOrEqualTo((long) ((1 + staleness) * batchSize));
  }
}
