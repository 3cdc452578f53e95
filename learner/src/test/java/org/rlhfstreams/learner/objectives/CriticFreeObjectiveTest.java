package org.rlhfstreams.learner.objectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.service.configuration.LossMean;

/** The loss against its formula in plain arithmetic, its gradient against central differences. */
final class CriticFreeObjectiveTest {
  private static final int[] LENGTHS = {3, 1, 5};
  private static final ResponseSpans SPANS = new ResponseSpans(LENGTHS);
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
        now, old, old, reference, draw(0, 1), TermWeights.of(mean, LENGTHS, LONGEST), draw(2, 0.2));
  }

  private static CriticFreeObjective objective(OptionalDouble cap) {
    return new CriticFreeObjective(
        new ClippedSurrogate(LOW, HIGH, OptionalDouble.empty(), cap), BETA, 0);
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
            case SUM -> sum / 3;
          };
    }
    assertThat(objective(OptionalDouble.empty()).evaluate(terms, SPANS).loss())
        .isCloseTo(expected, within(1e-12));
  }

  static Stream<PolicyLoss> policyLosses() {
    OptionalDouble cap = OptionalDouble.of(2);
    PolicyLoss clipped = new ClippedSurrogate(LOW, HIGH, OptionalDouble.of(3), cap);
    PolicyLoss gate = new SoftGate(1, 1.05, cap);
    return Stream.of(
        clipped,
        new SequenceRatio(clipped),
        gate,
        new SequenceRatio(gate),
        new GeometricMean(0.3, cap));
  }

  @ParameterizedTest
  @MethodSource("policyLosses")
  void theGradientIsThatOfTheLoss(PolicyLoss policyLoss) {
    CriticFreeObjective objective = new CriticFreeObjective(policyLoss, BETA, 0.03);
    for (LossMean mean : LossMean.values()) {
      CriticFreeTerms<double[]> terms = terms(mean);
      CriticFreeGradients gradients = objective.evaluate(terms, SPANS).gradients();
      assertDifferences(
          gradients.logProbabilities(), terms.logProbabilities(), objective, terms, true);
      assertDifferences(gradients.entropies(), terms.entropies(), objective, terms, false);
    }
  }

  /** These weigh log pi by a constant: their gradient is that of the loss with weights held. */
  @Test
  void weightsThatAreHeldHaveNoGradientOfTheirOwn() {
    CriticFreeTerms<double[]> terms = terms(LossMean.TOKENS);
    GammaWeights.Shape good = new GammaWeights.Shape(2, 3);
    GammaWeights.Shape bad = new GammaWeights.Shape(3, 2);
    double[] clipped =
        new CriticFreeObjective(new ClippedWeights(1.1, OptionalDouble.empty()), 0, 0)
            .evaluate(terms, SPANS)
            .gradients()
            .logProbabilities();
    double[] weighed =
        new CriticFreeObjective(new GammaWeights(good, bad), 0, 0)
            .evaluate(terms, SPANS)
            .gradients()
            .logProbabilities();
    int at = 0;
    for (int length : LENGTHS) {
      double logWeight = 0;
      for (int t = at; t < at + length; t++) {
        logWeight += terms.logProbabilities()[t] - terms.behaviorLogProbabilities()[t];
      }
      for (int t = at; t < at + length; t++) {
        double advantage = terms.advantages()[t];
        double ratio = Math.exp(terms.logProbabilities()[t] - terms.oldLogProbabilities()[t]);
        assertThat(clipped[t])
            .isCloseTo(-Math.min(ratio, 1.1) * advantage / clipped.length, within(1e-12));
        GammaWeights.Shape shape = advantage < 0 ? bad : good;
        double phi =
            Math.exp(shape.lambda() + shape.k() * logWeight - shape.lambda() * Math.exp(logWeight));
        assertThat(weighed[t]).isCloseTo(-phi * advantage / weighed.length, within(1e-12));
      }
      at += length;
    }
  }

  private static void assertDifferences(
      double[] gradient,
      double[] at,
      CriticFreeObjective objective,
      CriticFreeTerms<double[]> terms,
      boolean ofLogProbabilities) {
    double step = 1e-6;
    for (int i = 0; i < gradient.length; i++) {
      double[] up = at.clone();
      double[] down = at.clone();
      up[i] += step;
      down[i] -= step;
      double difference =
          (objective.evaluate(with(terms, up, ofLogProbabilities), SPANS).loss()
                  - objective.evaluate(with(terms, down, ofLogProbabilities), SPANS).loss())
              / (2 * step);
      assertThat(gradient[i]).isCloseTo(difference, within(1e-8));
    }
  }

  private static CriticFreeTerms<double[]> with(
      CriticFreeTerms<double[]> terms, double[] moved, boolean logProbabilities) {
    return new CriticFreeTerms<>(
        logProbabilities ? moved : terms.logProbabilities(),
        terms.oldLogProbabilities(),
        terms.behaviorLogProbabilities(),
        terms.referenceLogProbabilities(),
        terms.advantages(),
        terms.weights(),
        logProbabilities ? terms.entropies() : moved);
  }

  @Test
  void aRatioThatRisesStopsAtItsOwnBound() {
    ObjectiveResult<CriticFreeGradients> within = ofOneToken(Math.log(1.25));
    ObjectiveResult<CriticFreeGradients> beyond = ofOneToken(Math.log(1.3));
    assertThat(within.gradients().logProbabilities()[0]).isCloseTo(-1.25, within(1e-12));
    assertThat(beyond.gradients().logProbabilities()[0]).isZero();
    assertThat(beyond.statistics().get("policy/clipfrac_avg")).isEqualTo(1);
  }

  private static ObjectiveResult<CriticFreeGradients> ofOneToken(double logProbability) {
    double[] zero = {0};
    double[] one = {1};
    return new CriticFreeObjective(
            new ClippedSurrogate(LOW, HIGH, OptionalDouble.empty(), OptionalDouble.empty()), 0, 0)
        .evaluate(
            new CriticFreeTerms<>(new double[] {logProbability}, zero, zero, zero, one, one, one),
            new ResponseSpans(new int[] {1}));
  }
}
