package org.rlhfstreams.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;

/** A score is one finite value of a known rollout, or the reason for its absence. */
final class ScoreRulesTest {
  private static final Rollout ROLLOUT =
      Rollout.newBuilder()
          .setRolloutId("r/0")
          .setRequestId("r")
          .setPromptId("p")
          .setSampleIndex(0)
          .setPromptText("x")
          .setPromptTokenIds(List.of(1, 2))
          .setResponseText("y")
          .setResponseTokenIds(List.of(3, 4))
          .setBehaviorLogProbabilities(List.of(-1f, -0.5f))
          .setSampling(
              SamplingSettings.newBuilder()
                  .setTemperature(1f)
                  .setTopK(0)
                  .setTopP(1f)
                  .setMaxNewTokens(2)
                  .setSeed(0L)
                  .build())
          .setSegments(List.of(new VersionSegment(new WeightVersion(0, 0L), 0, 2)))
          .setFinishReason(FinishReason.LENGTH)
          .setWorkerId("w")
          .setStartedAt(Instant.EPOCH)
          .setFinishedAt(Instant.EPOCH)
          .build();

  private static Score.Builder score(String scorer) {
    return Score.newBuilder()
        .setRolloutId("r/0")
        .setRequestId("r")
        .setScorer(scorer)
        .setValue(1.5)
        .setScoredAt(Instant.EPOCH);
  }

  private static String problem(Score score) {
    return ScoreRules.problem(score).or(() -> ScoreRules.problem(score, ROLLOUT)).orElse("");
  }

  @Test
  void aFiniteValueWithOrWithoutValuesOfItsStepsIsAScore() {
    assertThat(problem(score("math").build())).isEmpty();
    assertThat(problem(score("steps").setTokenValues(List.of(0.5f)).build())).isEmpty();
    assertThat(problem(score("reference").setTokenValues(List.of(-1f, -2f)).build())).isEmpty();
    assertThat(problem(score("judge").setValue(null).setFailure("answered 500").build())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void noNumberIsNoScore(double value) {
    assertThat(problem(score("math").setValue(value).build()))
        .isEqualTo("the score of rollout r/0 by math is " + value + "; a score is a finite number");
  }

  @Test
  void thereIsAValueOrTheReasonWhyThereIsNone() {
    assertThat(problem(score("math").setValue(null).build()))
        .contains("by math has no value", "set failure to the reason");
    assertThat(problem(score("math").setFailure("none").build()))
        .contains("has a value and a failure");
  }

  @Test
  void valuesAreFiniteAndFitTheResponse() {
    assertThat(problem(score("steps").setTokenValues(List.of(1f, 2f, 3f)).build()))
        .isEqualTo("the score of rollout r/0 by steps has 3 values for 2 response tokens");
    assertThat(problem(score("reference").setTokenValues(List.of(-1f)).build()))
        .contains("by reference has 1 log-probabilities for 2 response tokens");
    assertThat(problem(score("reference").build())).contains("has no tokenValues");
    assertThat(problem(score("reference").setTokenValues(List.of(-1f, Float.NaN)).build()))
        .contains("a log-probability of NaN at index 1");
  }

  @Test
  void itIsOfOneRolloutByAScorerWithAName() {
    assertThat(problem(score("math").setRequestId("q").build()))
        .contains("is of request q, but the rollout answers r");
    assertThat(problem(score("math").setRolloutId("").build()))
        .contains("does not say of which rollout");
    for (String name : List.of("", "a b", "ü", "x".repeat(65))) {
      assertThat(problem(score(name).build())).contains("a name has 1 to 64 letters");
    }
  }
}
