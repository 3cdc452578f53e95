package org.rlhfstreams.learner.objectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.learner.autograd.ObjectiveResult;

/** What the goldens do not reach: large ratios, decoupled weights, the entropy bonus. */
final class PpoObjectiveTest {
  private static PpoObjective objective(double entropy, OptionalDouble dual, OptionalDouble cap) {
    return new PpoObjective(new ClippedSurrogate(0.2, 0.2, dual, cap), 0.2, 0, entropy);
  }

  private static ObjectiveResult<PpoGradients> evaluate(
      PpoObjective objective, double[] now, double[] old, double[] behavior, double[] advantages) {
    double[] zeros = new double[now.length];
    return objective.evaluate(
        new PpoTokens<>(now, zeros, zeros, old, behavior, advantages, zeros, zeros));
  }

  @Test
  void aRatioThatExplodesStaysFinite() {
    ObjectiveResult<PpoGradients> result =
        evaluate(
            objective(0, OptionalDouble.empty(), OptionalDouble.empty()),
            new double[] {0, -1000},
            new double[] {-1000, 0},
            new double[] {-1000, 0},
            new double[] {-1, 1});
    assertThat(result.loss()).isFinite();
    assertThat(result.gradients().logProbabilities()).doesNotContain(Double.NaN);
  }

  @Test
  void theDualClipBoundsTheLossOfBadTokens() {
    double[] now = {Math.log(10)};
    double[] old = {0};
    double[] bad = {-1};
    double unbounded =
        evaluate(objective(0, OptionalDouble.empty(), OptionalDouble.empty()), now, old, old, bad)
            .loss();
    ObjectiveResult<PpoGradients> bounded =
        evaluate(objective(0, OptionalDouble.of(3), OptionalDouble.empty()), now, old, old, bad);
    assertThat(unbounded).isCloseTo(10, within(1e-9));
    assertThat(bounded.loss()).isCloseTo(3, within(1e-9));
    assertThat(bounded.gradients().logProbabilities()[0]).isZero();
  }

  @Test
  void decoupledWeightsCorrectForTheSamplerAndDropTheExtreme() {
    double[] proximal = {Math.log(0.5), Math.log(0.5)};
    double[] behavior = {Math.log(0.25), Math.log(0.01)}; // weights 2 and 50
    ObjectiveResult<PpoGradients> result =
        evaluate(
            objective(0, OptionalDouble.empty(), OptionalDouble.of(5)),
            proximal,
            proximal,
            behavior,
            new double[] {1, 1});
    assertThat(result.loss()).isCloseTo(-2.0 / 2, within(1e-9));
    assertThat(result.statistics().get("off_policy/dropped")).isCloseTo(0.5, within(1e-12));
    assertThat(result.gradients().logProbabilities()[0]).isCloseTo(-1, within(1e-9));
    assertThat(result.gradients().logProbabilities()[1]).isZero();
  }

  @Test
  void theEntropyBonusRewardsEntropy() {
    ObjectiveResult<PpoGradients> result =
        evaluate(
            objective(0.01, OptionalDouble.empty(), OptionalDouble.empty()),
            new double[] {-1, -1},
            new double[] {-1, -1},
            new double[] {-1, -1},
            new double[] {0, 0});
    assertThat(result.gradients().entropies())
        .containsExactly(new double[] {-0.005, -0.005}, within(1e-12));
  }
}
