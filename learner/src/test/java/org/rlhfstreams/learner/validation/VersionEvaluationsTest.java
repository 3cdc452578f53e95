package org.rlhfstreams.learner.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.Evaluation;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.checkpoint.ValidationState;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.learner.data.AbandonedGeneration;
import org.rlhfstreams.learner.data.RewardSum;
import org.rlhfstreams.learner.data.ScoredSamples;
import org.rlhfstreams.learner.validation.VersionEvaluations.Outcome;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

final class VersionEvaluationsTest {
  private static final String REWARDS =
      "[{name: right, scorer: external, weight: 2, normalise: batch},"
          + " {name: tone, scorer: external, weight: 0.5, clip: 2},"
          + " {name: words, scorer: external, weight: 0}]";

  private long now;
  private final VersionEvaluations evaluations = evaluations(2);

  static {
    EventSerdes.trustEvents();
  }

  private VersionEvaluations evaluations(int earlyStop) {
    RlhfConfiguration configuration =
        RlhfConfiguration.of(
            Map.of(
                "rewards.list", REWARDS,
                "learner.objective", "grpo",
                "sampling.samples", "4",
                "learner.evaluate-every", "2",
                "learner.evaluation-patience", "10s",
                "learner.early-stop-patience", String.valueOf(earlyStop)));
    RewardSum rewards = new RewardSum(configuration.effectiveRewards().all());
    return new VersionEvaluations(
        new ScoredSamples(10, 10, rewards), rewards, configuration.learner(), () -> now);
  }

  private static ScoredRollout answer(
      String prompt, WeightVersion version, int responses, Map<String, Double> scores) {
    String requestId = prompt + "/evaluation/" + version.getGeneration() + "." + version.getStep();
    Rollout rollout =
        Rollout.newBuilder()
            .setRolloutId(requestId + "/0")
            .setRequestId(requestId)
            .setPromptId(prompt)
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
            .setSegments(List.of(new VersionSegment(version, 0, 2)))
            .setFinishReason(FinishReason.STOP)
            .setWorkerId("w")
            .setStartedAt(Instant.EPOCH)
            .setFinishedAt(Instant.EPOCH)
            .setEvaluation(new Evaluation(version, responses))
            .build();
    Map<String, ComponentScore> components = new HashMap<>();
    scores.forEach(
        (name, value) -> components.put(name, ComponentScore.newBuilder().setValue(value).build()));
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore(0)
        .setRewardModelVersion(new WeightVersion(0, 0L))
        .setReferenceLogProbabilities(List.of(-1f, -1f))
        .setKl(List.of(0f, 0f))
        .setScoredAt(Instant.EPOCH)
        .setScores(components)
        .build();
  }

  /** All answers to a version, of one prompt. */
  private void whole(int generation, long step, double right) {
    whole(evaluations, generation, step, right);
  }

  private static void whole(VersionEvaluations of, int generation, long step, double right) {
    of.take(
        answer("q", new WeightVersion(generation, step), 1, Map.of("right", right, "tone", 0.0)));
  }

  private void pass(int seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
    evaluations.settle();
  }

  private ValidationState state() {
    return evaluations.state(step -> true);
  }

  @Test
  void aVersionIsMeasuredByTheMeansOfItsAnswersAsTheyCame() {
    WeightVersion version = new WeightVersion(0, 2L);
    evaluations.await(2);
    ScoredRollout first = answer("a", version, 2, Map.of("right", 1.0, "tone", 6.0, "words", 30.0));
    evaluations.take(first);
    evaluations.take(first); // the log may have it twice
    evaluations.settle();
    assertThat(evaluations.next()).as("another one is to come").isEmpty();
    assertThat(evaluations.isAwaiting()).isTrue();
    assertThat(state().awaited()).containsExactly(2L);
    evaluations.take(answer("b", version, 2, Map.of("right", 0.0, "tone", -1.0)));
    evaluations.settle();
    Outcome outcome = evaluations.next().orElseThrow();
    assertThat(outcome.step()).isEqualTo(2);
    assertThat(outcome.metrics())
        .containsOnly(
            Map.entry("evaluation/step", 2.0),
            Map.entry("evaluation/count", 2.0),
            Map.entry("evaluation/scores/right", 0.5),
            Map.entry("evaluation/scores/tone", 2.5),
            Map.entry("evaluation/scores/words", 30.0),
            // not measured over the batch, whose mean would always be 0; tone is clipped to 2
            Map.entry("evaluation/reward", 2 * 0.5 + 0.5 * (2.0 - 1.0) / 2));
    assertThat(evaluations.next()).as("reported once").isEmpty();
    assertThat(state()).isEqualTo(new ValidationState(Optional.of(new BestStep(2, 1.25)), 0));
  }

  @Test
  void anEvaluationThatStopsComingIsTakenAsItIs() {
    evaluations.await(0);
    evaluations.await(2);
    evaluations.take(answer("a", new WeightVersion(0, 0L), 3, Map.of("right", 1.0, "tone", 0.0)));
    pass(9);
    assertThat(evaluations.isAwaiting()).isTrue();
    pass(2);
    assertThat(evaluations.next().orElseThrow().metrics()).containsEntry("evaluation/count", 1.0);
    assertThat(evaluations.isAwaiting()).as("of step 2 nothing came either").isFalse();
    assertThat(state().awaited()).isEmpty();
  }

  @Test
  void theBestStepIsOneWhoseCheckpointIsThere() {
    whole(0, 0, 0.1);
    whole(0, 2, 0.9);
    whole(0, 4, 0.5);
    evaluations.settle();
    assertThat(state().best()).hasValueSatisfying(best -> assertThat(best.step()).isEqualTo(2));
    assertThat(evaluations.state(step -> step != 2).best())
        .hasValueSatisfying(best -> assertThat(best.figure()).isCloseTo(1, within(1e-9)));
  }

  @Test
  void theRunEndsAfterEvaluationsWithoutABetterOne() {
    whole(0, 0, 0.1);
    whole(0, 2, 0.5);
    evaluations.settle();
    assertThat(evaluations.endsTheRun()).isFalse();
    whole(0, 6, 0.5); // it comes before the one that is before it
    whole(0, 4, 0.4);
    assertThat(evaluations.endsTheRun()).as("decided by the learner's thread").isFalse();
    evaluations.settle();
    assertThat(evaluations.unimproved()).isEqualTo(2);
    assertThat(evaluations.endsTheRun()).isTrue();
    VersionEvaluations patient = evaluations(3);
    whole(patient, 0, 0, 0.1);
    patient.settle();
    assertThat(patient.endsTheRun()).isFalse();
  }

  @Test
  void whatWasRolledBackCountsForNothing() {
    whole(0, 2, 0.2);
    whole(0, 4, 0.9);
    evaluations.await(6);
    evaluations.abandon(List.of(new AbandonedGeneration(0, 2)));
    evaluations.settle();
    assertThat(state()).isEqualTo(new ValidationState(Optional.of(new BestStep(2, 0.4)), 0));
    whole(1, 8, 0.3);
    evaluations.settle();
    assertThat(state().best()).hasValue(new BestStep(8, 0.6));
  }

  @Test
  void aRestartReportsNothingTwiceAndWaitsForWhatWasUnderWay() {
    whole(0, 0, 0.3);
    whole(0, 2, 0.4);
    ValidationState checkpointed =
        new ValidationState(Optional.of(new BestStep(0, 0.6)), 0, List.of(2L, 4L));
    evaluations.begin(checkpointed, List.of(), Set.of(0L));
    assertThat(state().best()).hasValue(new BestStep(2, 0.8));
    assertThat(state().awaited()).containsExactly(4L);
    assertThat(evaluations.next().orElseThrow().step()).isEqualTo(2);
    assertThat(evaluations.next()).isEmpty();
  }

  @Test
  void answersOfOtherWeightsAreLeftOut() {
    ScoredRollout mixed = answer("a", new WeightVersion(0, 2L), 1, Map.of("right", 1.0));
    mixed.getRollout().getSegments().get(0).put("version", new WeightVersion(0, 3L));
    evaluations.take(mixed);
    evaluations.settle();
    assertThat(evaluations.next()).isEmpty();
  }

  @Test
  void onlySomeCheckpointsAreKeptForEvaluationsThatDoNotCome() {
    for (long step = 0; step <= 20; step += 2) {
      evaluations.await(step);
    }
    assertThat(state().awaited()).containsExactly(14L, 16L, 18L, 20L);
    assertThat(evaluations.isDue(3, false)).isFalse();
    assertThat(evaluations.isDue(3, true)).isTrue();
    assertThat(evaluations.isDue(4, false)).isTrue();
  }
}
