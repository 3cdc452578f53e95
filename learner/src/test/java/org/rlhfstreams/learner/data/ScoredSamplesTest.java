package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** What a learner makes of the scores that a rollout has by name, with rewards of its own. */
final class ScoredSamplesTest {
  static {
    EventSerdes.trustEvents();
  }

  private static ScoredRollout scored(String requestId, float score, Map<String, Double> scores) {
    Rollout rollout =
        Rollout.newBuilder()
            .setRolloutId(requestId + "/0")
            .setRequestId(requestId)
            .setPromptId("p")
            .setSampleIndex(0)
            .setPromptText("x")
            .setPromptTokenIds(List.of(1))
            .setResponseText("y")
            .setResponseTokenIds(List.of(2, 3))
            .setBehaviorLogProbabilities(List.of(-1f, -1f))
            .setSampling(
                SamplingSettings.newBuilder()
                    .setTemperature(1f)
                    .setTopK(0)
                    .setTopP(1f)
                    .setMaxNewTokens(2)
                    .setSeed(0L)
                    .build())
            .setSegments(List.of(new VersionSegment(new WeightVersion(0, 0L), 0, 2)))
            .setFinishReason(FinishReason.STOP)
            .setWorkerId("w")
            .setStartedAt(Instant.EPOCH)
            .setFinishedAt(Instant.EPOCH)
            .build();
    Map<String, ComponentScore> components = new HashMap<>();
    scores.forEach(
        (name, value) -> components.put(name, ComponentScore.newBuilder().setValue(value).build()));
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore(score)
        .setRewardModelVersion(new WeightVersion(0, 0L))
        .setReferenceLogProbabilities(List.of(-1f, -1f))
        .setKl(List.of(0f, 0f))
        .setScoredAt(Instant.EPOCH)
        .setScores(components)
        .build();
  }

  private static ScoredSamples samples(String rewards) {
    return new ScoredSamples(
        10,
        10,
        new RewardSum(
            RlhfConfiguration.of(Map.of("rewards.list", rewards)).effectiveRewards().all()));
  }

  private static double sum(ScoredSamples samples, ScoredRollout scored) throws UnusableException {
    return samples.summed(List.of(samples.convert(scored))).get(0).score();
  }

  @Test
  void theSameScoresAreAddedUpAsEachLearnerWants() throws UnusableException {
    ScoredRollout scored = scored("a", 2, Map.of("helpful", 2.0, "right", 1.0, "length", 30.0));
    assertThat(sum(samples("[{name: helpful, scorer: reward-model}]"), scored)).isEqualTo(2);
    ScoredSamples other =
        samples(
            "[{name: right, scorer: external, weight: 3}, {name: length, scorer: external, weight:"
                + " -0.1}, {name: helpful, scorer: reward-model, weight: 0}]");
    assertThat(sum(other, scored)).isEqualTo(3 * 1.0 + -0.1 * 30);
    assertThat(other.figures(List.of(other.convert(scored))))
        .isEqualTo(
            Map.of(
                "objective/scores/right", 1.0,
                "objective/scores/length", 30.0,
                "objective/scores/helpful", 2.0));
  }

  @Test
  void aRecordOfAReleaseWithOneRewardModelHasItsScore() throws UnusableException {
    assertThat(sum(samples(""), scored("a", 0.1f, Map.of()))).isEqualTo((double) 0.1f);
  }

  @Test
  void whatWasScoredByTheReferenceAloneHasNoScoreToLearnFrom() throws UnusableException {
    ScoredRollout scored =
        ScoredRollout.newBuilder(scored("a", 0, Map.of()))
            .setRequiredScorers(List.of("reference"))
            .build();
    ScoredSamples taught =
        new ScoredSamples(
            10,
            10,
            new RewardSum(
                RlhfConfiguration.of(Map.of("learner.objective", "distillation"))
                    .effectiveRewards()
                    .all()));
    assertThat(taught.convert(scored).isRewarded()).isFalse();
    assertThat(sum(taught, scored)).isZero();
    assertThatThrownBy(() -> samples("").convert(scored))
        .isInstanceOf(UnusableException.class)
        .hasMessageContaining("has no score by reward-model")
        .hasMessageContaining("it has scores by nobody");
  }

  @Test
  void aScoreThatHasAWeightAndIsNotThereIsNoZero() throws UnusableException {
    ScoredRollout scored = scored("a", 2, Map.of("helpful", 2.0, "right", 1.0));
    assertThatThrownBy(() -> samples("[{name: mine, scorer: external, weight: 2}]").convert(scored))
        .isInstanceOf(UnusableException.class)
        .hasMessageContaining("rollout a/0 has no score by mine, which rewards gives the weight 2")
        .hasMessageContaining("it has scores by helpful, right");
    ScoredSamples watching =
        samples(
            "[{name: right, scorer: external}, {name: mine, scorer: external, weight: 0,"
                + " required: true}]");
    assertThat(sum(watching, scored)).isEqualTo(1);
    assertThat(watching.figures(List.of(watching.convert(scored))))
        .containsOnlyKeys("objective/scores/right");
  }

  @Test
  void aReplayFindsWhatARolloutWasGivenLater() throws UnusableException {
    ScoredRollout scored = scored("a", 2, Map.of("helpful", 2.0));
    LaterScores later =
        (rolloutId, scorer) ->
            rolloutId.equals("a/0") && !scorer.equals("never")
                ? OptionalDouble.of(7)
                : OptionalDouble.empty();
    ScoredSamples other =
        samples(
            "[{name: helpful, scorer: reward-model}, {name: judged, scorer: external, weight:"
                + " 3}]");
    ScoredSample sample = other.convert(scored, later);
    assertThat(other.summed(List.of(sample)).get(0).score())
        .as("what it was joined with stays")
        .isEqualTo(2.0 + 3 * 7);
    assertThatThrownBy(
            () ->
                samples("[{name: never, scorer: external}, {name: helpful, scorer: reward-model}]")
                    .convert(scored, later))
        .isInstanceOf(UnusableException.class)
        .hasMessageContaining("or let rlhf rescore --scorer never give it one");
    ScoredRollout old = scored("a", 0.5f, Map.of()); // of a release with one reward model
    ScoredSamples one = samples("[{name: judged, scorer: external}]");
    assertThat(one.summed(List.of(one.convert(old, later))).get(0).score()).isEqualTo(7);
    assertThat(sum(one, old)).isEqualTo(0.5);
  }
}
