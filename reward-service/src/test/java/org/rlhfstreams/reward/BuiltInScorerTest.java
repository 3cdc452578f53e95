package org.rlhfstreams.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerException;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerMessage;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RewardNormalisation;

/** The system's own kinds of scorers, as the reward service runs them. */
final class BuiltInScorerTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private static Rollout rollout(String id, String response) {
    return Rollout.newBuilder()
        .setRolloutId(id)
        .setRequestId("request")
        .setPromptId("prompt")
        .setSampleIndex(0)
        .setPromptText("<user>2 + 2?")
        .setPromptMessages(List.of(new ChatMessage("user", "2 + 2?", null)))
        .setPromptTokenIds(List.of(1))
        .setResponseText(response)
        .setResponseTokenIds(List.of(5, 6, 7))
        .setBehaviorLogProbabilities(List.of(-1f, -1f, -1f))
        .setSampling(SAMPLING)
        .setSegments(List.of())
        .setFinishReason(FinishReason.LENGTH)
        .setWorkerId("worker")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .setMetadata(Map.of("answer", "4"))
        .build();
  }

  private static final SamplingSettings SAMPLING =
      SamplingSettings.newBuilder()
          .setTemperature(1)
          .setTopK(0)
          .setTopP(1)
          .setMaxNewTokens(8)
          .setSeed(1)
          .build();

  private static RewardConfiguration reward(String kind, Map<String, String> settings) {
    return new RewardConfiguration(
        "right", kind, 1, RewardNormalisation.RAW, OptionalDouble.empty(), true, settings);
  }

  @Test
  void aScorerSeesWhatTheRolloutSays() {
    List<ScorerInput> seen = new ArrayList<>();
    Scorer scorer =
        Scorer.ofEach(
            input -> {
              seen.add(input);
              return ScorerResult.value(2.5, "because");
            });
    try (BuiltInScorer own = new BuiltInScorer(scorer, "7", LONG, () -> false)) {
      assertThat(own.score(List.of(rollout("a", "4"))))
          .containsExactly(ScorerAnswer.of(2.5, "7", Optional.of("because")));
    }
    assertThat(seen)
        .containsExactly(
            new ScorerInput(
                "a",
                "request",
                "<user>2 + 2?",
                List.of(new ScorerMessage("user", "2 + 2?")),
                "4",
                3,
                true,
                Map.of("answer", "4")));
  }

  @Test
  void whatIsRefusedForNowIsAskedAgainAndTheOthersAreNot() {
    List<List<String>> asked = new ArrayList<>();
    Scorer scorer =
        batch -> {
          asked.add(batch.stream().map(ScorerInput::rolloutId).toList());
          return batch.stream()
              .map(
                  input ->
                      switch (input.rolloutId()) {
                        case "late" ->
                            asked.size() < 2
                                ? ScorerResult.refusedForNow("busy")
                                : ScorerResult.value(1);
                        case "never" -> ScorerResult.refused("no number in it");
                        default -> ScorerResult.value(3);
                      })
              .toList();
        };
    try (BuiltInScorer own = new BuiltInScorer(scorer, "7", LONG, () -> false)) {
      assertThat(
              own.score(List.of(rollout("late", "x"), rollout("never", "y"), rollout("now", "z"))))
          .containsExactly(
              ScorerAnswer.of(1, "7", Optional.empty()),
              ScorerAnswer.failed("no number in it", "7"),
              ScorerAnswer.of(3, "7", Optional.empty()));
    }
    assertThat(asked).containsExactly(List.of("late", "never", "now"), List.of("late"));
  }

  @Test
  void whatIsComparedIsComparedWithItsWholeGroupAgain() {
    List<List<String>> asked = new ArrayList<>();
    Scorer scorer =
        new Scorer() {
          @Override
          public boolean wholeGroups() {
            return true;
          }

          @Override
          public List<ScorerResult> score(List<ScorerInput> batch) {
            asked.add(batch.stream().map(ScorerInput::rolloutId).toList());
            return batch.stream()
                .map(
                    input ->
                        asked.size() < 2 && input.rolloutId().equals("late")
                            ? ScorerResult.refusedForNow("busy")
                            : ScorerResult.value(batch.size()))
                .toList();
          }
        };
    Rollout elsewhere =
        Rollout.newBuilder(rollout("elsewhere", "z")).setRequestId("another").build();
    try (BuiltInScorer own = new BuiltInScorer(scorer, "7", LONG, () -> false)) {
      assertThat(own.wholeGroups()).isTrue();
      assertThat(own.score(List.of(rollout("late", "x"), elsewhere, rollout("now", "y"))))
          .extracting(answer -> answer.value().getAsDouble())
          .containsExactly(2.0, 3.0, 2.0);
    }
    assertThat(asked).containsExactly(List.of("late", "elsewhere", "now"), List.of("late", "now"));
  }

  @Test
  void aServiceThatStaysAwayCostsAScoreInTheEndAndNotTheMembersPlace() {
    Scorer scorer = Scorer.ofEach(input -> ScorerResult.refusedForNow("nobody answers"));
    try (BuiltInScorer own = new BuiltInScorer(scorer, "7", Duration.ofSeconds(3), () -> false)) {
      assertThat(own.score(List.of(rollout("a", "x"))))
          .containsExactly(ScorerAnswer.failed("nobody answers", "7"));
    }
  }

  @Test
  void whatIsOpenWhenTheProcessEndsIsLeftToTheNextOne() {
    AtomicBoolean stopped = new AtomicBoolean();
    Scorer scorer =
        Scorer.ofEach(
            input -> {
              stopped.set(true);
              return ScorerResult.refusedForNow("stopping");
            });
    try (BuiltInScorer own = new BuiltInScorer(scorer, "7", LONG, stopped::get)) {
      List<Rollout> one = List.of(rollout("a", "x"));
      assertThatThrownBy(() -> own.score(one)).isInstanceOf(WakeupException.class);
    }
  }

  @Test
  void aSettingThatCannotBeUsedIsNamedWithTheRewardThatHasIt() {
    BuiltInScorers catalog = new BuiltInScorers();
    assertThat(catalog.kinds()).contains("exact", "math", "http", "judge", "plugin");
    assertThatThrownBy(() -> catalog.require(reward("regex", Map.of("pattern", "("))))
        .isInstanceOf(ScorerException.class)
        .hasMessageContaining("rewards: right: ")
        .hasMessageContaining("pattern");
    catalog.require(reward("math", Map.of()));
  }
}
