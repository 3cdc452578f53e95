package org.rlhfstreams.learner.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class AdvantageEstimatorTest {
  private static final GroupEstimator LEAVE_ONE_OUT =
      new GroupEstimator(true, false, GroupAdvantages::rloo);

  /** Two prompts with two responses each, in between each other. */
  private static RewardedResponses batch() {
    return new RewardedResponses(
        new int[] {0, 1, 0, 1},
        new double[] {1, 10, 3, 30},
        new double[][] {{-0.5, 1}, {10}, {0, 0, 3}, {-2, 30}});
  }

  @Test
  void aResponseIsComparedWithThoseToItsOwnPrompt() {
    double[][] advantages =
        new GroupEstimator(false, false, GroupAdvantages::drGrpo).advantages(batch());
    assertThat(advantages).isDeepEqualTo(new double[][] {{-1, -1}, {-10}, {1, 1, 1}, {10, 10}});
  }

  @Test
  void leaveOneOutComparesWhatIsLeftOfTheScoreAfterTheKl() {
    double[][] advantages = LEAVE_ONE_OUT.advantages(batch());
    assertThat(advantages)
        .isDeepEqualTo(new double[][] {{-2.5, -2.5}, {-18}, {2.5, 2.5, 2.5}, {18, 18}});
  }

  @Test
  void reinforceWhitensReturnsFromEachTokenOn() {
    double[][] advantages = new ReinforceEstimator().advantages(batch());
    double[] returns = {0.5, 1, 10, 3, 3, 3, 28, 30};
    double mean = Arrays.stream(returns).average().orElseThrow();
    double deviation =
        Math.sqrt(
            Arrays.stream(returns).map(r -> (r - mean) * (r - mean)).sum() / (returns.length - 1));
    double[] flat = Arrays.stream(advantages).flatMapToDouble(Arrays::stream).toArray();
    for (int i = 0; i < flat.length; i++) {
      assertThat(flat[i]).isCloseTo((returns[i] - mean) / deviation, within(1e-6));
    }
  }

  @Property
  void advantagesOfAGroupSumToNothing(
      @ForAll @Size(min = 2, max = 12) List<@DoubleRange(min = -50, max = 50) Double> drawn) {
    double[] scores = drawn.stream().mapToDouble(Double::doubleValue).toArray();
    assertThat(Arrays.stream(GroupAdvantages.grpo(scores)).sum()).isCloseTo(0, within(1e-6));
    assertThat(Arrays.stream(GroupAdvantages.drGrpo(scores)).sum()).isCloseTo(0, within(1e-9));
    assertThat(Arrays.stream(GroupAdvantages.rloo(scores)).sum()).isCloseTo(0, within(1e-9));
  }

  @Property
  void aNormalisedBatchHasVarianceOne(
      @ForAll @Size(value = 8) List<@DoubleRange(min = -5, max = 5) Double> drawn) {
    double[] scores = drawn.stream().mapToDouble(Double::doubleValue).toArray();
    double[][] rewards =
        Arrays.stream(scores).mapToObj(s -> new double[] {s}).toArray(double[][]::new);
    double[][] advantages =
        new GroupEstimator(true, true, GroupAdvantages::rloo)
            .advantages(new RewardedResponses(new int[] {0, 0, 0, 0, 1, 1, 1, 1}, scores, rewards));
    double squares = Arrays.stream(advantages).mapToDouble(row -> row[0] * row[0]).sum();
    // Where all are alike there is no variance to scale.
    assertThat(squares / 7).isBetween(0.0, 1 + 1e-9);
    double spread =
        Arrays.stream(scores, 0, 4).max().orElseThrow()
            - Arrays.stream(scores, 0, 4).min().orElseThrow();
    if (spread > 0.5) {
      assertThat(squares / 7).isCloseTo(1, within(1e-2));
    }
  }
}
