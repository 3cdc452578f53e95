package org.rlhfstreams.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class CorrelationTest {
  @Test
  void itIsThatOfAWorkedExample() {
    // Σ dx dy = 15, Σ dx² = 10, Σ dy² = 30
    double[] x = {1, 2, 3, 4, 5};
    double[] y = {2, 1, 5, 4, 8};
    assertThat(Correlation.of(x, y)).isCloseTo(15 / Math.sqrt(10 * 30), within(1e-12));
    assertThat(Correlation.of(x, new double[] {3, 3, 3, 3, 3})).isNaN();
    assertThat(Correlation.of(new double[0], new double[0])).isNaN();
  }

  @Property(tries = 50)
  void neitherScaleNorPlaceMatters(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] x = random.doubles(20).toArray();
    double[] y = random.doubles(20).toArray();
    double[] other = Arrays.stream(y).map(value -> -1e6 * value + 3).toArray();
    assertThat(Correlation.of(x, other)).isCloseTo(-Correlation.of(x, y), within(1e-9));
    assertThat(Correlation.of(x, x)).isCloseTo(1, within(1e-12));
    double[] z = Standardised.of(other);
    assertThat(Arrays.stream(z).sum()).isCloseTo(0, within(1e-6));
    assertThat(Arrays.stream(z).map(one -> one * one).sum()).isCloseTo(19, within(1e-6));
  }

  @Test
  void equalValuesLieAtTheirMean() {
    assertThat(Standardised.of(new double[] {4, 4, 4})).containsExactly(0, 0, 0);
  }
}
