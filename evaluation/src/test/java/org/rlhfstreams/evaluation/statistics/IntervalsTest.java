package org.rlhfstreams.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class IntervalsTest {
  @Test
  void wilsonsIntervalIsThatOfTheTables() {
    ConfidenceInterval interval = WilsonInterval.of(8, 10);
    assertThat(interval.low()).isCloseTo(0.4901625, within(1e-6));
    assertThat(interval.high()).isCloseTo(0.9433178, within(1e-6));
    assertThat(WilsonInterval.of(0, 20).low()).isZero();
    assertThat(WilsonInterval.of(20, 20).high()).isEqualTo(1);
  }

  @Property
  void anIntervalHoldsTheShareAndShrinksWithTrials(
      @ForAll @IntRange(min = 1, max = 500) int trials, @ForAll @IntRange(max = 500) int drawn) {
    int successes = Math.min(drawn, trials);
    ConfidenceInterval interval = WilsonInterval.of(successes, trials);
    double share = (double) successes / trials;
    assertThat(share).isBetween(interval.low() - 1e-12, interval.high() + 1e-12);
    ConfidenceInterval more = WilsonInterval.of(4.0 * successes, 4L * trials);
    assertThat(more.high() - more.low()).isLessThan(interval.high() - interval.low());
  }

  @Test
  void samplesOfAPromptAreNoIndependentValues() {
    MeanEstimate single = MeanEstimate.of(new double[] {1, 3, 5, 7});
    assertThat(single.mean()).isEqualTo(4);
    assertThat(single.standardError()).isCloseTo(Math.sqrt(20.0 / 3 / 4), within(1e-12));
    MeanEstimate doubled = MeanEstimate.ofGroups(new double[] {1, 1, 3, 3, 5, 5, 7, 7}, 2);
    assertThat(doubled.standardError()).isCloseTo(single.standardError(), within(1e-12));
  }

  @Test
  void theBootstrapOfManyUnitsIsTheNormalInterval() {
    SplittableRandom random = new SplittableRandom(3);
    double[] values = new double[400];
    Arrays.setAll(values, i -> 5 + random.nextGaussian());
    double[] ones = new double[400];
    Arrays.fill(ones, 1);
    MeanEstimate mean = MeanEstimate.of(values);
    ConfidenceInterval interval = Bootstrap.ratio(values, ones, 7);
    assertThat(interval).isEqualTo(Bootstrap.ratio(values, ones, 7));
    double half = ConfidenceInterval.NORMAL_QUANTILE * mean.standardError();
    assertThat(interval.low()).isCloseTo(mean.mean() - half, within(0.2 * half));
    assertThat(interval.high()).isCloseTo(mean.mean() + half, within(0.2 * half));
  }
}
