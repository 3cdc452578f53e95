package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** Several rewards are one score, each measured and weighted as it is configured. */
final class RewardSumTest {
  private static final int[] ALONE = {0, 1, 2, 3};

  private static RewardSum sum(String rewards) {
    return new RewardSum(
        RlhfConfiguration.of(
                Map.of(
                    "rewards.list", rewards, "learner.objective", "grpo", "sampling.samples", "2"))
            .effectiveRewards()
            .all());
  }

  @Test
  void oneRewardOfWeightOneIsItsOwnSumToTheBit() {
    double[] scores = {0.1f, -0.0, Double.MIN_VALUE, 1e300};
    double[] sums =
        sum("")
            .of(
                IntStream.range(0, 4)
                    .mapToObj(i -> new double[] {scores[i]})
                    .toArray(double[][]::new),
                ALONE);
    for (int i = 0; i < scores.length; i++) {
      assertThat(Double.doubleToRawLongBits(sums[i]))
          .isEqualTo(Double.doubleToRawLongBits(scores[i]));
    }
  }

  @Test
  void weightsAddUpAndZeroOnlyWatches() {
    RewardSum sum =
        sum(
            "[{scorer: math, weight: 2}, {scorer: judge, weight: -0.5}, {scorer: length, weight:"
                + " 0}]");
    double[][] values = {{1, 4, 100}, {0, 2, Double.NaN}};
    assertThat(sum.of(values, new int[] {0, 1})).containsExactly(0, -1);
    assertThat(sum.means(values))
        .containsExactly(
            Map.entry("objective/scores/math", 0.5),
            Map.entry("objective/scores/judge", 3.0),
            Map.entry("objective/scores/length", 100.0));
    assertThat(sum.means(new double[][] {{1, 1, Double.NaN}}))
        .doesNotContainKey("objective/scores/length");
  }

  @Test
  void eachIsMeasuredByItsBatchOrGroupAndThenClipped() {
    double[][] values = {{1, 10}, {3, 30}, {5, 5}, {11, 5}};
    int[] groups = {7, 7, 8, 8};
    // mean 5, deviation sqrt(56/3)
    double deviation = Math.sqrt(56.0 / 3);
    double[] batch =
        sum("[{scorer: a, normalise: batch}, {scorer: b, weight: 0}]").of(values, groups);
    assertThat(batch[0]).isCloseTo(-4 / deviation, within(1e-12));
    assertThat(batch[3]).isCloseTo(6 / deviation, within(1e-12));
    // groups of two are at ± 1 / sqrt(2), equal ones at 0
    double half = Math.sqrt(0.5);
    double[] group =
        sum("[{scorer: a, weight: 0}, {scorer: b, weight: 2, normalise: group}]")
            .of(values, groups);
    assertThat(group[0]).isCloseTo(-2 * half, within(1e-12));
    assertThat(group[1]).isCloseTo(2 * half, within(1e-12));
    assertThat(List.of(group[2], group[3])).containsExactly(0.0, 0.0);
    double[] clipped =
        sum("[{scorer: a, weight: 3, clip: 4}, {scorer: b, weight: 0}]").of(values, groups);
    assertThat(clipped).containsExactly(3, 9, 12, 12);
  }

  @Test
  void aGroupKnowsBeforeItsBatchWhetherItEarnsTheSame() {
    RewardSum raw = sum("[{scorer: a, weight: 2}, {scorer: b}, {scorer: c, weight: 0}]");
    assertThat(raw.withinGroup(new double[][] {{1, 4, 7}, {2, 2, 9}}).get()).containsExactly(6, 6);
    assertThat(raw.withinGroup(new double[][] {{1, 4, 7}, {1, 3, 7}}).get()).containsExactly(6, 5);

    RewardSum measured = sum("[{scorer: a, normalise: batch}, {scorer: b, normalise: group}]");
    assertThat(measured.withinGroup(new double[][] {{5, 1}, {5, 1}}).get()).containsExactly(0, 0);
    double[] apart = measured.withinGroup(new double[][] {{5, 1}, {5, 2}}).get();
    assertThat(apart[0]).isLessThan(apart[1]);
    // What the batch makes of 4 and 5 it alone knows.
    assertThat(measured.withinGroup(new double[][] {{4, 2}, {5, 1}})).isEmpty();
  }
}
