package org.rlhfstreams.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ScoreChangeTest {
  private static List<StepFigures> steps(String name, double... scores) {
    List<StepFigures> steps = new ArrayList<>();
    for (double score : scores) {
      Map<String, Double> metrics =
          Double.isNaN(score) ? Map.of() : Map.of("objective/scores/" + name, score);
      steps.add(new StepFigures(steps.size() + 1, metrics, 0, 0));
    }
    return steps;
  }

  @Test
  void theFirstFifthIsComparedWithTheLast() {
    ScoreChange change =
        ScoreChange.of("right", steps("right", 0.1, 0.3, 5, 5, 5, 5, 5, 5, 5, 0.6, 0.8)).get();
    assertThat(change.firstFifth()).isCloseTo(0.2, within(1e-12));
    assertThat(change.lastFifth()).isCloseTo(0.7, within(1e-12));
  }

  @Test
  void aRunOfFewStepsHasItsFirstAndItsLast() {
    assertThat(ScoreChange.of("right", steps("right", 0.25, 1, 0.5)))
        .contains(new ScoreChange("right", 0.25, 0.5));
    assertThat(ScoreChange.of("right", List.of())).isEmpty();
  }

  @Test
  void aMissingScoreIsNoZero() {
    assertThat(
            ScoreChange.of(
                "words", steps("words", Double.NaN, 30, 1, 1, 1, 1, 1, 1, 40, Double.NaN)))
        .contains(new ScoreChange("words", 30, 40));
    assertThat(ScoreChange.of("words", steps("right", 1, 1, 1))).isEmpty();
  }
}
