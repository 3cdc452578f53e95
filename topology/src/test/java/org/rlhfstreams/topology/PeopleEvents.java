package org.rlhfstreams.topology;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;

/** Events for tests, with what matters to the test and nothing else. */
public final class PeopleEvents {
  /** Makes events of a registry in memory. */
  public static final EventSerdes SERDES = new EventSerdes("mock://people", Map.of());

  /** Where they go. */
  public static final Topics TOPICS = new Topics("test.", 4);

  private PeopleEvents() {}

  /** A scored rollout {@code promptId/round/0}, finished by a version. */
  public static ScoredRollout scored(
      String promptId, int round, WeightVersion version, float score, String text) {
    String requestId = promptId + "/" + round;
    Rollout rollout =
        Rollout.newBuilder()
            .setRolloutId(requestId + "/0")
            .setRequestId(requestId)
            .setPromptId(promptId)
            .setSampleIndex(0)
            .setPromptText("about " + promptId)
            .setPromptTokenIds(List.of(1))
            .setResponseText(text)
            .setResponseTokenIds(List.of(5, 6))
            .setBehaviorLogProbabilities(List.of(-1f, -1f))
            .setSampling(
                SamplingSettings.newBuilder()
                    .setTemperature(1f)
                    .setTopK(0)
                    .setTopP(1f)
                    .setMaxNewTokens(16)
                    .setSeed(7L)
                    .build())
            .setSegments(List.of(new VersionSegment(version, 0, 2)))
            .setFinishReason(FinishReason.STOP)
            .setWorkerId("w")
            .setStartedAt(Instant.EPOCH)
            .setFinishedAt(Instant.EPOCH)
            .build();
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore(score)
        .setRewardModelVersion(new WeightVersion(0, 0L))
        .setReferenceLogProbabilities(List.of(-1f, -1f))
        .setKl(List.of(0f, 0f))
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  private static ComparedResponse response(
      String rolloutId, String text, int tokenId, WeightVersion version, float score) {
    return ComparedResponse.newBuilder()
        .setRolloutId(rolloutId)
        .setText(text)
        .setTokenIds(List.of(tokenId))
        .setVersion(version)
        .setScore(score)
        .build();
  }

  /** An open question about {@code prompt} with the responses {@code yes} and {@code no}. */
  public static Comparison comparison(String comparisonId, int wanted, Choice expected) {
    WeightVersion version = new WeightVersion(0, 3L);
    return Comparison.newBuilder()
        .setComparisonId(comparisonId)
        .setPromptId("p")
        .setPromptText("prompt")
        .setFirst(response("p/0/0", "yes", 5, version, 1f))
        .setSecond(response("p/1/0", "no", 6, version, 2f))
        .setReason(expected == null ? "close" : "gold")
        .setCreatedAt(Instant.EPOCH)
        .setWantedJudgements(wanted)
        .setExpected(expected)
        .build();
  }

  /** A judgement that stands. */
  public static Judgement judgement(
      String judgementId, String comparisonId, String annotator, Choice choice) {
    return Judgement.newBuilder()
        .setJudgementId(judgementId)
        .setComparisonId(comparisonId)
        .setAnnotator(annotator)
        .setChoice(choice)
        .setJudgedAt(Instant.EPOCH)
        .setMillisecondsSpent(900)
        .build();
  }

  /** The record that takes a judgement back. */
  public static Judgement withdrawn(Judgement judgement) {
    return Judgement.newBuilder(judgement).setWithdrawn(true).build();
  }
}
