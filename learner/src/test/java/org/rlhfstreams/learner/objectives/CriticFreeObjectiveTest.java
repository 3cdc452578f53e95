package org.rlhfstreams.learner.objectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.service.configuration.LossMean;

/** The loss against its formula in plain arithmetic, its gradient against central differences. */
final class CriticFreeObjectiveTest {
  private static final int[] LENGTHS = {3, 1, 5};
  private static final int LONGEST = 8;
  private static final double LOW = 0.2;
  private static final double HIGH = 0.28;
  private static final double BETA = 0.04;

  private final SplittableRandom random = new SplittableRandom(3);

  private double[] draw(double mean, double deviation) {
    double[] values = new double[Arrays.stream(LENGTHS).sum()];
    Arrays.setAll(values, i -> mean + deviation * random.nextGaussian());
    return values;
  }

  private CriticFreeTerms<double[]> terms(LossMean mean) {
    double[] old = draw(-3, 0.5);
    double[] now = draw(0, 0.4);
    double[] reference = draw(-3, 0.5);
    for (int i = 0; i < now.length; i++) {
      now[i] += old[i];
    }
    return new CriticFreeTerms<>(
        now, old, old, reference, draw(0, 1), TermWeights.of(mean, LENGTHS, LONGEST));
  }

  private static CriticFreeObjective objective(OptionalDouble cap) {
    return new CriticFreeObjective(
        new ClippedSurrogate(LOW, HIGH, OptionalDouble.empty(), cap), BETA);
  }

  @ParameterizedTest
  @EnumSource
  void theLossIsTheFormulas(LossMean mean) {
    CriticFreeTerms<double[]> terms = terms(mean);
    double expected = 0;
    int at = 0;
    for (int length : LENGTHS) {
      double sum = 0;
      for (int t = 0; t < length; t++, at++) {
        double ratio = Math.exp(terms.logProbabilities()[at] - terms.oldLogProbabilities()[at]);
        double clipped = Math.min(Math.max(ratio, 1 - LOW), 1 + HIGH);
        double advantage = terms.advantages()[at];
        double d = terms.referenceLogProbabilities()[at] - terms.logProbabilities()[at];
        sum += -Math.min(ratio * advantage, clipped * advantage) + BETA * (Math.exp(d) - d - 1);
      }
      expected +=
          switch (mean) {
            case RESPONSE -> sum / length / 3;
            case TOKENS -> sum / 9;
            case LENGTH -> sum / (3.0 * LONGEST);
          };
    }
    assertThat(objective(OptionalDouble.empty()).evaluate(terms).loss())
        .isCloseTo(expected, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void theGradientIsThatOfTheLoss(LossMean mean) {
    CriticFreeTerms<double[]> terms = terms(mean);
    CriticFreeObjective objective = objective(OptionalDouble.of(2));
    double[] gradient = objective.evaluate(terms).gradients().logProbabilities();
    double step = 1e-6;
    for (int i = 0; i < gradient.length; i++) {
      double difference =
          (objective.evaluate(moved(terms, i, step)).loss()
                  - objective.evaluate(moved(terms, i, -step)).loss())
              / (2 * step);
      assertThat(gradient[i]).isCloseTo(difference, within(1e-8));
    }
  }

  private static CriticFreeTerms<double[]> moved(
      CriticFreeTerms<double[]> terms, int index, double by) {
    double[] moved = terms.logProbabilities().clone();
    moved[index] += by;
    return new CriticFreeTerms<>(
        moved,
        terms.oldLogProbabilities(),
        terms.behaviorLogProbabilities(),
        terms.referenceLogProbabilities(),
        terms.advantages(),
        terms.weights());
  }

  @Test
  void aRatioThatRisesStopsAtItsOwnBound() {
    double[] zero = {0};
    double[] one = {1};
    CriticFreeObjective objective =
        new CriticFreeObjective(
            new ClippedSurrogate(LOW, HIGH, OptionalDouble.empty(), OptionalDouble.empty()), 0);
    ObjectiveResult<LogProbabilityGradients> within =
        objective.evaluate(
            new CriticFreeTerms<>(new double[] {Math.log(1.25)}, zero, zero, zero, one, one));
    ObjectiveResult<LogProbabilityGradients> beyond =
        objective.evaluate(
            new CriticFreeTerms<>(new double[] {Math.log(1.3)}, zero, zero, zero, one, one));
    assertThat(within.gradients().logProbabilities()[0]).isCloseTo(-1.25, within(1e-12));
    assertThat(beyond.gradients().logProbabilities()[0]).isZero();
    assertThat(beyond.statistics().get("policy/clipfrac_avg")).isEqualTo(1);
  }
}
