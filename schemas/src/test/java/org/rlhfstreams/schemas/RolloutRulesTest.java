package org.rlhfstreams.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;

/** Invariant 5 where top-k or top-p cut the distribution that tokens are drawn from. */
final class RolloutRulesTest {
  private static Rollout rollout(int topK, float topP, List<Float> modelLogProbabilities) {
    return Rollout.newBuilder()
        .setRolloutId("r/0")
        .setRequestId("r")
        .setPromptId("p")
        .setSampleIndex(0)
        .setPromptText("x")
        .setPromptTokenIds(List.of(1, 2))
        .setResponseText("y")
        .setResponseTokenIds(List.of(3, 4))
        .setBehaviorLogProbabilities(List.of(-1f, -0.5f))
        .setModelLogProbabilities(modelLogProbabilities)
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(0.7f)
                .setTopK(topK)
                .setTopP(topP)
                .setMaxNewTokens(2)
                .setSeed(0L)
                .build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, 0L), 0, 2)))
        .setFinishReason(FinishReason.LENGTH)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .build();
  }

  private static String problem(Rollout rollout) {
    return RolloutRules.problem(rollout, 10, 10).orElse("");
  }

  @Test
  void aWholeDistributionNeedsOneSetOfLogProbabilities() {
    Rollout rollout = rollout(0, 1, null);
    assertThat(problem(rollout)).isEmpty();
    assertThat(RolloutRules.comparableLogProbabilities(rollout)).containsExactly(-1f, -0.5f);
  }

  @ParameterizedTest
  @CsvSource({"5, 1", "0, 0.9", "5, 0.9"})
  void aCutOneIsComparedByTheModelsOwn(int topK, float topP) {
    Rollout rollout = rollout(topK, topP, List.of(-1.5f, -0.75f));
    assertThat(problem(rollout)).isEmpty();
    assertThat(RolloutRules.comparableLogProbabilities(rollout)).containsExactly(-1.5f, -0.75f);
    assertThat(problem(rollout(topK, topP, null)))
        .contains("r/0", "top-k " + topK, "top-p " + topP, "sampling.top-k to 0");
  }

  @Test
  void theModelsOwnAreOneATokenAndFinite() {
    assertThat(problem(rollout(5, 1, List.of(-1f))))
        .isEqualTo("rollout r/0 has 1 model log-probabilities for 2 response tokens");
    assertThat(problem(rollout(5, 1, List.of(-1f, Float.NEGATIVE_INFINITY))))
        .contains("a model log-probability of -Infinity at index 1");
  }
}
