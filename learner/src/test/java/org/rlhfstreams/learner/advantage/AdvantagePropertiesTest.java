package org.rlhfstreams.learner.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.service.configuration.KlEstimator;

final class AdvantagePropertiesTest {
  @Property
  void onlyTheFirstEstimateOfTheKlCanBeNegative(
      @ForAll @DoubleRange(min = -30, max = 0) double policy,
      @ForAll @DoubleRange(min = -30, max = 0) double reference) {
    assertThat(KlEstimates.of(KlEstimator.K2, policy, reference)).isNotNegative();
    assertThat(KlEstimates.of(KlEstimator.K3, policy, reference)).isGreaterThanOrEqualTo(-1e-12);
    assertThat(KlEstimates.of(KlEstimator.K1, policy, reference)).isEqualTo(policy - reference);
  }

  @Property
  void withoutDiscountAdvantagesAreReturnsLessValues(
      @ForAll @Size(min = 1, max = 30) List<@DoubleRange(min = -5, max = 5) Double> drawn) {
    double[] rewards = drawn.stream().mapToDouble(Double::doubleValue).toArray();
    double[] values = new double[rewards.length];
    Arrays.setAll(values, i -> Math.sin(i));
    double[] advantages = new GeneralizedAdvantageEstimation(1, 1).advantages(rewards, values);
    double toGo = 0;
    for (int t = rewards.length - 1; t >= 0; t--) {
      toGo += rewards[t];
      assertThat(advantages[t]).isCloseTo(toGo - values[t], within(1e-9));
    }
  }

  @Property
  void whitenedAdvantagesHaveMeanZeroAndVarianceOne(
      @ForAll @Size(min = 3, max = 40) List<@DoubleRange(min = -9, max = 9) Double> drawn) {
    double[] values = drawn.stream().mapToDouble(Double::doubleValue).toArray();
    double spread =
        Arrays.stream(values).max().orElseThrow() - Arrays.stream(values).min().orElseThrow();
    if (spread < 0.1) {
      return; // the epsilon decides then
    }
    double[] first = Arrays.copyOfRange(values, 0, 1);
    double[] rest = Arrays.copyOfRange(values, 1, values.length);
    double[][] whitened = Whitening.of(new double[][] {first, rest}, true);
    double mean = (whitened[0][0] + Arrays.stream(whitened[1]).sum()) / values.length;
    double squares =
        whitened[0][0] * whitened[0][0] + Arrays.stream(whitened[1]).map(v -> v * v).sum();
    assertThat(mean).isCloseTo(0, within(1e-9));
    assertThat(squares / (values.length - 1)).isCloseTo(1, within(1e-4));
  }

  @Test
  void theAdaptiveCoefficientFollowsTheTargetAndIsBounded() {
    KlController kl = new KlController(0.1, OptionalDouble.of(6), 1000);
    kl.update(60, 100); // far above: at most 20 % an horizon
    assertThat(kl.beta()).isCloseTo(0.1 * 1.02, within(1e-12));
    kl.update(0, 100);
    assertThat(kl.beta()).isCloseTo(0.1 * 1.02 * 0.98, within(1e-12));
    KlController fixed = new KlController(0.1, OptionalDouble.empty(), 1000);
    fixed.update(60, 100);
    assertThat(fixed.beta()).isEqualTo(0.1);
  }
}
