package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.service.configuration.ScoreNormalisationKind;

/** Objectives whose scores come from a reward model that changes while they learn. */
final class MeasuredScoresTest {
  private static final int STEPS = 4;

  @SuppressWarnings("unchecked")
  private static Trainer<ScoredSample> open(String objective) {
    return (Trainer<ScoredSample>)
        GoldenTrainer.of(objective, Map.of("learner.score-normalisation", "per-version")).open();
  }

  /** Batches of which the second half is scored by another version. */
  private static List<ScoredSample> batch(int step, double scale, double shift) {
    boolean second = step >= STEPS / 2;
    List<ScoredSample> batch = new ArrayList<>();
    for (ScoredSample sample : GoldenTrainer.samples()) {
      double score = sample.score() + 0.1 * step;
      batch.add(
          new ScoredSample(
              sample.id(),
              sample.requestId(),
              sample.row(),
              sample.behaviorLogProbabilities(),
              sample.referenceLogProbabilities(),
              second ? scale * score + shift : score,
              sample.temperature(),
              sample.stopped(),
              sample.oldestVersion(),
              new WeightVersion(0, second ? 7L : 1L)));
    }
    return batch;
  }

  @ParameterizedTest
  @ValueSource(strings = {"ppo", "grpo", "dr-grpo", "rloo", "reinforce-plus-plus", "online-dpo"})
  void aVersionOnAnotherScaleGivesTheSameUpdates(String objective) {
    try (Trainer<ScoredSample> one = open(objective);
        Trainer<ScoredSample> other = open(objective)) {
      for (int step = 0; step < STEPS; step++) {
        Map<String, Double> expected = one.step(batch(step, 1, 0), 1);
        Map<String, Double> actual = other.step(batch(step, 10, 100), 1);
        assertThat(actual.get("objective/scores"))
            .as("the score as it came")
            .isCloseTo(
                step < STEPS / 2
                    ? expected.get("objective/scores")
                    : 10 * expected.get("objective/scores") + 100,
                within(1e-9));
        for (String name : List.of("loss", "grad_norm", "objective/normalised_scores")) {
          assertThat(actual.get(name)).as(name).isCloseTo(expected.get(name), within(1e-6));
        }
      }
      List<float[]> expected = one.state().model();
      List<float[]> actual = other.state().model();
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).containsExactly(expected.get(i), within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ppo", "grpo"})
  void withoutNormalisationTheScaleOfAVersionWouldMoveThem(String objective) {
    MeasuredScores none = new MeasuredScores(ScoreNormalisationKind.NONE);
    List<ScoredSample> batch = batch(STEPS - 1, 10, 100);
    assertThat(none.of(batch)).isSameAs(batch);
    try (Trainer<ScoredSample> normalised = open(objective);
        Trainer<?> plain = GoldenTrainer.of(objective, Map.of()).open()) {
      assertThat(normalised.state().numbers().keySet()).isEqualTo(plain.state().numbers().keySet());
      normalised.step(batch, 1);
      assertThat(normalised.state().numbers().keySet())
          .hasSizeGreaterThan(plain.state().numbers().size());
    }
  }
}
