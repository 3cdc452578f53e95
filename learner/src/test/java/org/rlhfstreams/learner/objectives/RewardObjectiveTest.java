package org.rlhfstreams.learner.objectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.rlhfstreams.learner.autograd.ObjectiveResult;

/** The loss against its formula in plain arithmetic, its gradient against central differences. */
final class RewardObjectiveTest {
  private static final double CENTERING = 0.05;
  private static final double STEP = 1e-6;
  private static final double[] CHOSEN = {1.2, -0.3, 0.7};
  private static final double[] REJECTED = {0.4, 0.5, -2.1};
  private static final double[] MARGINS = {0, 1, 0.5};
  private static final double[] WEIGHTS = {1, 0.25, 2};
  private static final RewardScores<double[]> SCORES =
      new RewardScores<>(CHOSEN, REJECTED, MARGINS, WEIGHTS);

  private final RewardObjective objective = new RewardObjective(CENTERING);

  private static double expected(double[] chosen, double[] rejected) {
    double sum = 0;
    for (int i = 0; i < chosen.length; i++) {
      double lead = chosen[i] - rejected[i] - MARGINS[i];
      double both = chosen[i] + rejected[i];
      sum += WEIGHTS[i] * (Math.log1p(Math.exp(-lead)) + CENTERING * both * both);
    }
    return sum / chosen.length;
  }

  @Test
  void theLossIsTheFormulas() {
    assertThat(objective.evaluate(SCORES).loss())
        .isCloseTo(expected(CHOSEN, REJECTED), within(1e-12));
  }

  @Test
  void theGradientIsThatOfTheLoss() {
    ObjectiveResult<RewardGradients> result = objective.evaluate(SCORES);
    for (int i = 0; i < CHOSEN.length; i++) {
      assertThat(result.gradients().chosen()[i])
          .isCloseTo(
              (expected(moved(CHOSEN, i, STEP), REJECTED)
                      - expected(moved(CHOSEN, i, -STEP), REJECTED))
                  / (2 * STEP),
              within(1e-8));
      assertThat(result.gradients().rejected()[i])
          .isCloseTo(
              (expected(CHOSEN, moved(REJECTED, i, STEP))
                      - expected(CHOSEN, moved(REJECTED, i, -STEP)))
                  / (2 * STEP),
              within(1e-8));
    }
  }

  private static double[] moved(double[] values, int index, double by) {
    double[] moved = values.clone();
    moved[index] += by;
    return moved;
  }
}
