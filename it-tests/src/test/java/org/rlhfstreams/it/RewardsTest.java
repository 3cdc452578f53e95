package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;

/**
 * A reward model of ours, a reward of a program that is not, and two monitors, one of the built-in
 * kinds: all are joined by name, the weighted sum is learned from, and what cannot be scored is
 * replaced.
 */
final class RewardsTest {
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final int BATCH = 8;
  private static final int STEPS = 4;

  @TempDir private Path directory;

  private final Set<String> answered = new HashSet<>();

  @Test
  void severalRewardsAreJoinedAndLearnedFrom() throws Exception {
    Path prompts = directory.resolve("prompts.jsonl");
    Files.write(
        prompts,
        IntStream.range(0, 64)
            .mapToObj(
                i ->
                    "{\"prompt\": \"Once there were "
                        + i
                        + " foxes.\", \"answer\": \"fox "
                        + i
                        + "\", \"note\": \"stays\"}")
            .toList());
    Path file = directory.resolve("rewards.yaml");
    Files.writeString(
        file,
        """
        rewards:
          - name: helpful
            scorer: reward-model
          - name: brief
            scorer: external
            weight: 0.5
            normalise: batch
          - name: length
            scorer: external
            weight: 0
          - name: tokens
            scorer: length
            weight: 0
            settings: {mode: count}
        """);
    try (RlhfProcess up =
        RlhfProcess.up(
            directory,
            BATCH,
            "--config",
            file.toString(),
            "--prompts",
            prompts.toString(),
            "--metadata",
            "answer",
            "--max-steps",
            "100000")) {
      Matcher address = up.awaitLine("up: broker (\\S+), registry (\\S+), a new run");
      Log log = new Log(address.group(1), address.group(2));
      await("steps of rollouts that another program has scored")
          .atMost(LONGEST)
          .until(
              () -> {
                answer(log);
                return steps().size() >= STEPS;
              });

      List<ScoredRollout> scored = log.read(log.topics().scoredRollouts(), ScoredRollout.class);
      assertThat(scored)
          .hasSizeGreaterThanOrEqualTo(STEPS * BATCH)
          .allSatisfy(RewardsTest::requireAllOfIt);
      assertThat(scored.stream().filter(one -> one.getScores().containsKey("length"))).isNotEmpty();
      assertThat(scored.stream().filter(one -> one.getScores().containsKey("tokens")))
          .isNotEmpty()
          .allSatisfy(
              one ->
                  assertThat(one.getScores().get("tokens").getValue())
                      .isEqualTo(one.getRollout().getResponseTokenIds().size()));
      assertThat(scored.stream().map(one -> one.getRollout().getRolloutId()))
          .doesNotHaveDuplicates();
      for (JsonNode step : steps()) {
        // What is measured by its batch has the mean 0: the sum's mean is the other one's.
        assertThat(step.get("objective/scores").asDouble())
            .isCloseTo(step.get("objective/scores/helpful").asDouble(), within(1e-6));
        assertThat(step.get("objective/scores/brief").asDouble()).isBetween(-12.0, -1.0);
        assertThat(step.get("objective/scores_std").asDouble()).isPositive();
      }
      requireLossOfWhatCannotBeScored(log);
      requireBalance(address);
      up.interrupt();
      assertThat(up.awaitExit()).isEqualTo(130);
    }
  }

  private static void requireAllOfIt(ScoredRollout scored) {
    Rollout rollout = scored.getRollout();
    assertThat(scored.getRequiredScorers()).containsExactly("helpful", "brief", "reference");
    assertThat(scored.getScores()).containsKeys("helpful", "brief");
    assertThat(scored.getScores().get("brief").getValue())
        .isEqualTo(-rollout.getResponseTokenIds().size());
    assertThat((double) scored.getScore()).isEqualTo(scored.getScores().get("helpful").getValue());
    assertThat(rollout.getMetadata()).containsOnlyKeys("answer");
    assertThat(rollout.getPromptText())
        .contains(rollout.getMetadata().get("answer").substring("fox ".length()));
  }

  /** The first one cannot be scored, and the second one twice. */
  private void answer(Log log) throws Exception {
    for (Rollout rollout : log.read(log.topics().rollouts(), Rollout.class)) {
      if (!answered.add(rollout.getRolloutId())) {
        continue;
      }
      int tokens = rollout.getResponseTokenIds().size();
      List<Score> scores = new ArrayList<>();
      scores.add(score(rollout, "length", tokens));
      scores.add(
          answered.size() == 1
              ? Score.newBuilder(score(rollout, "brief", 0))
                  .setValue(null)
                  .setFailure("it is the first one")
                  .build()
              : score(rollout, "brief", -tokens));
      if (answered.size() == 2) {
        scores.add(score(rollout, "brief", -tokens));
      }
      for (Score score : scores) {
        log.write(log.topics().scores(), rollout.getRequestId(), score);
      }
    }
  }

  private static Score score(Rollout rollout, String scorer, double value) {
    return Score.newBuilder()
        .setRolloutId(rollout.getRolloutId())
        .setRequestId(rollout.getRequestId())
        .setScorer(scorer)
        .setScorerVersion("1")
        .setValue(value)
        .setScoredAt(Instant.now())
        .build();
  }

  private static void requireLossOfWhatCannotBeScored(Log log) {
    List<DeadLetter> letters = log.read(log.topics().deadLetters(), DeadLetter.class);
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).getReason()).isEqualTo("brief cannot score it: it is the first one");
    assertThat(letters.get(0).getLostRollouts()).isEqualTo(1);
  }

  private void requireBalance(Matcher address) {
    try (RlhfProcess audit =
        RlhfProcess.start(
            directory,
            "audit",
            "--bootstrap-servers",
            address.group(1),
            "--schema-registry-url",
            address.group(2))) {
      assertThat(audit.awaitExit()).as(audit.output()).isZero();
      assertThat(audit.output())
          .contains("balances: ")
          .containsPattern("scores .* by brief [\\d,]+, helpful [\\d,]+, length [\\d,]+, reference")
          .containsPattern("dead +1 .*scores: score 1")
          .containsPattern("repeated +1 +scores that were there already");
    }
  }

  private List<JsonNode> steps() throws IOException {
    Path metrics = directory.resolve("rlhf-data").resolve("output").resolve("metrics.jsonl");
    List<JsonNode> steps = new ArrayList<>();
    if (Files.exists(metrics)) {
      for (String line : Files.readAllLines(metrics, StandardCharsets.UTF_8)) {
        steps.add(new ObjectMapper().readTree(line));
      }
    }
    return steps;
  }
}
