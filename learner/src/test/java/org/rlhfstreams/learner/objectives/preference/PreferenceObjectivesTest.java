package org.rlhfstreams.learner.objectives.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.learner.autograd.ObjectiveResult;

final class PreferenceObjectivesTest {
  private static final int PAIRS = 5;
  private static final double STEP = 1e-5;

  private final SplittableRandom random = new SplittableRandom(3);

  private double[] draw(double from, double to) {
    return random.doubles(PAIRS, from, to).toArray();
  }

  private PairSums<double[]> sums() {
    return new PairSums<>(
        draw(-40, -5),
        draw(-40, -5),
        draw(-20, -5),
        draw(-40, -5),
        draw(-40, -5),
        new double[] {9, 12, 4, 30, 7},
        new double[] {8, 3, 14, 22, 5},
        new double[] {4, 6, 2, 9, 3},
        new double[] {1, 0.5, 2, 1, 1});
  }

  static Stream<String> losses() {
    return Stream.concat(
        PreferenceLosses.names().stream(), Stream.of("sigmoid+0.2*sft", "0.5 * ipo + hinge"));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradientsOfDirectLossesAreThoseOfCentralDifferences(String loss) {
    assertGradients(new DirectPreferenceObjective(loss, 0.3, 0.2), sums());
  }

  @Test
  void thePageOfDirectPreferencesHasARowForEachLoss() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "objectives", "dpo.md"));
    assertThat(PreferenceLosses.names())
        .allSatisfy(loss -> assertThat(page).contains("\n| `" + loss + "` | "));
  }

  @Test
  void gradientsOfOddsRatiosAreThoseOfCentralDifferences() {
    assertGradients(new OddsRatioObjective(0.7, false), sums());
    assertGradients(new OddsRatioObjective(0.7, true), sums());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradientsWithoutAReferenceAreThoseOfCentralDifferences(String loss) {
    assertGradients(new ContrastiveObjective(loss, 0.3, 0.2, 0.7), sums());
  }

  @Test
  void gradientsOfMeansWithAMarginAreThoseOfCentralDifferences() {
    assertGradients(new SimplePreferenceObjective(2, 0.5, 0, 0, 0), sums());
    assertGradients(new SimplePreferenceObjective(2, 0.5, 0.25, 0.1, 0.6), sums());
    assertGradients(new SimplePreferenceObjective(2, 0.5, -0.25, 0, 0), sums());
  }

  @Test
  void aRewardThatIsHardlyBentIsTheMeanLogProbability() {
    PairSums<double[]> sums = sums();
    assertThat(new SimplePreferenceObjective(2, 0.5, 1e-9, 0, 0).evaluate(sums).loss())
        .isCloseTo(
            new SimplePreferenceObjective(2, 0.5, 0, 0, 0).evaluate(sums).loss(), within(1e-5));
  }

  @Test
  void gradientsOfLabelsAreThoseOfCentralDifferences() {
    KahnemanTverskyObjective objective = new KahnemanTverskyObjective(0.3, 1.2, 0.8);
    double[] policy = draw(-40, -5);
    double[] reference = draw(-40, -5);
    double[] desirable = {1, 0, 0, 1, 1};
    double[] weights = {1, 1, 2, 0.5, 1};
    double[] mismatched = {3, -1, 2, 0, 1};
    ToDoubleFunction<double[]> loss =
        values ->
            objective
                .evaluate(new LabelledSums<>(values, reference, desirable, weights, mismatched))
                .loss();
    ObjectiveResult<LabelledGradients> result =
        objective.evaluate(new LabelledSums<>(policy, reference, desirable, weights, mismatched));
    assertDifferences(result.gradients().policy(), policy, loss);
    assertThat(result.statistics().get("kl")).isEqualTo(1);
  }

  @Test
  void conservativeLossMixesBothLabels() {
    PairSums<double[]> sums = sums();
    double expected = 0;
    for (int i = 0; i < PAIRS; i++) {
      double logit =
          0.3
              * (sums.policyChosen()[i]
                  - sums.referenceChosen()[i]
                  - sums.policyRejected()[i]
                  + sums.referenceRejected()[i]);
      double loss = 0.8 * Math.log1p(Math.exp(-logit)) + 0.2 * Math.log1p(Math.exp(logit));
      expected += sums.weights()[i] * loss / PAIRS;
    }
    assertThat(new DirectPreferenceObjective("cdpo", 0.3, 0.2).evaluate(sums).loss())
        .isCloseTo(expected, within(1e-12));
  }

  @Test
  void anchoredDownIsItsFormula() {
    PairSums<double[]> sums = sums();
    double expected = 0;
    for (int i = 0; i < PAIRS; i++) {
      double chosen = sums.policyChosen()[i] - sums.referenceChosen()[i];
      double rejected = sums.policyRejected()[i] - sums.referenceRejected()[i];
      double loss = sigmoid(0.3 * chosen) + 1 - sigmoid(0.3 * (chosen - rejected));
      expected += sums.weights()[i] * loss / PAIRS;
    }
    assertThat(new DirectPreferenceObjective("apo_down", 0.3, 0).evaluate(sums).loss())
        .isCloseTo(expected, within(1e-12));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void certainAndImpossibleResponsesGiveFiniteLossesAndGradients() {
    PairSums<double[]> extreme =
        new PairSums<>(
            new double[] {0, -1e-12, -4000},
            new double[] {-5000, 0, -1e-9},
            new double[] {0, 0, 0},
            new double[] {-4000, 0, 0},
            new double[] {0, -4000, 0},
            new double[] {1, 1, 1},
            new double[] {1, 1, 1},
            new double[] {1, 1, 1},
            new double[] {1, 1, 1});
    for (PairObjective objective :
        new PairObjective[] {
          new OddsRatioObjective(0.1, false),
          new OddsRatioObjective(0.1, true),
          new DirectPreferenceObjective("sigmoid", 0.1, 0),
          new DirectPreferenceObjective("exo_pair", 0.1, 1e-3)
        }) {
      ObjectiveResult<PairGradients> result = objective.evaluate(extreme);
      assertThat(result.loss()).isFinite();
      PairGradients gradients = result.gradients();
      for (double[] gradient :
          List.of(gradients.policyChosen(), gradients.policyRejected(), gradients.policyPrompt())) {
        assertThat(Arrays.stream(gradient).allMatch(Double::isFinite)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sigmod", "sigmoid+", "x*sft", "1*2*sft", "NaN*sft"})
  void aLossThatIsNotKnownIsNamed(String loss) {
    assertThatThrownBy(() -> new DirectPreferenceObjective(loss, 0.1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in loss \"" + loss + "\"");
  }

  @Test
  @Tag("slow")
  void gradientsDoNotDependOnWhenTheCollectorRuns() throws InterruptedException {
    PairObjective objective = new DirectPreferenceObjective("sigmoid", 0.3, 0);
    PairSums<double[]> sums = sums();
    double[] expected = objective.evaluate(sums).gradients().policyChosen();
    AtomicBoolean done = new AtomicBoolean();
    Thread collector =
        new Thread(
            () -> {
              while (!done.get()) {
                System.gc();
              }
            });
    collector.start();
    try {
      for (int i = 0; i < 100; i++) {
        assertThat(objective.evaluate(sums).gradients().policyChosen()).isEqualTo(expected);
      }
    } finally {
      done.set(true);
      collector.join();
    }
  }

  private static void assertGradients(PairObjective objective, PairSums<double[]> sums) {
    ObjectiveResult<PairGradients> result = objective.evaluate(sums);
    assertDifferences(
        result.gradients().policyChosen(),
        sums.policyChosen(),
        values ->
            objective
                .evaluate(with(sums, values, sums.policyRejected(), sums.policyPrompt()))
                .loss());
    assertDifferences(
        result.gradients().policyRejected(),
        sums.policyRejected(),
        values ->
            objective
                .evaluate(with(sums, sums.policyChosen(), values, sums.policyPrompt()))
                .loss());
    if (objective.learnsPrompts()) {
      assertDifferences(
          result.gradients().policyPrompt(),
          sums.policyPrompt(),
          values ->
              objective
                  .evaluate(with(sums, sums.policyChosen(), sums.policyRejected(), values))
                  .loss());
    }
  }

  private static PairSums<double[]> with(
      PairSums<double[]> sums, double[] chosen, double[] rejected, double[] prompt) {
    return new PairSums<>(
        chosen,
        rejected,
        prompt,
        sums.referenceChosen(),
        sums.referenceRejected(),
        sums.chosenTokens(),
        sums.rejectedTokens(),
        sums.promptTokens(),
        sums.weights());
  }

  private static void assertDifferences(
      double[] gradient, double[] at, ToDoubleFunction<double[]> loss) {
    for (int i = 0; i < at.length; i++) {
      double[] above = at.clone();
      double[] below = at.clone();
      above[i] += STEP;
      below[i] -= STEP;
      double expected = (loss.applyAsDouble(above) - loss.applyAsDouble(below)) / (2 * STEP);
      assertThat(gradient[i]).isCloseTo(expected, within(1e-8 + 1e-5 * Math.abs(expected)));
    }
  }
}
