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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;
import java.util.regex.Matcher;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;

/**
 * A run that goes on is scored again by one more scorer and does not notice; when it has ended, a
 * replay learns from its log alone with the new score in the sum.
 */
final class RescoreTest {
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final int BATCH = 8;
  private static final int STEPS = 4;
  private static final double WEIGHT = 0.5;

  @TempDir private Path directory;

  @Test
  void whatWasSampledIsScoredAgainAndLearnedFromAgain() throws Exception {
    Path prompts = directory.resolve("prompts.txt");
    Files.write(
        prompts, IntStream.range(0, 64).mapToObj(i -> "Once there were " + i + " foxes.").toList());
    Path rewards = directory.resolve("again.yaml");
    Files.writeString(
        rewards,
        String.format(
            Locale.ROOT,
            """
            rewards:
              - name: reward-model
                scorer: reward-model
              - name: words
                scorer: length
                weight: %s
                settings: {mode: count, unit: words}
            """,
            WEIGHT));
    try (RlhfProcess up =
        RlhfProcess.up(
            directory,
            BATCH,
            // What is too late for a step would be in the replay all the same.
            "--admission.staleness",
            "0",
            "--prompts",
            prompts.toString(),
            "--max-steps",
            "100000")) {
      Matcher address = up.awaitLine("up: broker (\\S+), registry (\\S+), a new run");
      await("steps").atMost(LONGEST).until(() -> steps("rlhf-data/output").size() >= STEPS);
      String output = ran(address, "rescore", "--scorer", "words", "--config", rewards.toString());
      assertThat(output)
          .containsPattern("words length-[0-9a-f]{8}: \\d+ rollouts; \\d+ scored, 0 had a score")
          .containsPattern("reward-model +\\d+ +-?\\d")
          .containsPattern("words +\\d+ +\\d");
      assertThat(ran(address, "audit"))
          .contains("balances: ")
          .containsPattern("rescored +\\d+ +scores that rollouts of the past were given");
      Log log = new Log(address.group(1), address.group(2));
      requireEachOnce(log);
      int seen = steps("rlhf-data/output").size();
      await("the run goes on")
          .atMost(LONGEST)
          .until(() -> steps("rlhf-data/output").size() > seen + 1);
      assertThat(log.read(log.topics().scoredRollouts(), ScoredRollout.class))
          .allSatisfy(one -> assertThat(one.getScores()).containsOnlyKeys("reward-model"));
      up.interrupt();
      assertThat(up.awaitExit()).isEqualTo(130);
    }
    try (RlhfProcess broker =
        RlhfProcess.start(
            directory,
            "broker",
            "--data-directory",
            "rlhf-data/log",
            "--port",
            "0",
            "--registry-port",
            "0")) {
      Matcher address = broker.awaitLine("broker: started at (\\S+), registry at (\\S+)");
      assertThat(ran(address, "rescore", "--scorer", "words", "--config", rewards.toString()))
          .as("what was sampled since")
          .containsPattern("words length-\\S+: \\d+ rollouts; \\d+ scored, [1-9]\\d* had a score");
      ran(
          address,
          "replay",
          "ppo",
          "--config",
          rewards.toString(),
          "--model",
          Repository.root().resolve("models").resolve("starter").toString(),
          "--output",
          directory.resolve("again").toString(),
          "--batch-size",
          String.valueOf(BATCH),
          "--max-steps",
          String.valueOf(STEPS),
          "--reward-model",
          Repository.root().resolve("models").resolve("starter-reward").toString(),
          "--ppo.epochs",
          "1");
      broker.interrupt();
      broker.awaitExit();
    }
    requireBothAreLearnedFrom();
  }

  private void requireBothAreLearnedFrom() throws IOException {
    List<JsonNode> first = steps("rlhf-data/output");
    List<JsonNode> again = steps("again");
    assertThat(again).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      JsonNode step = again.get(i);
      double model = step.get("objective/scores/reward-model").asDouble();
      double words = step.get("objective/scores/words").asDouble();
      assertThat(model)
          .as("the same rollouts in the same order")
          .isEqualTo(first.get(i).get("objective/scores/reward-model").asDouble());
      assertThat(words).isBetween(1.0, 12.0);
      assertThat(step.get("objective/scores").asDouble())
          .isCloseTo(model + WEIGHT * words, within(1e-5));
    }
  }

  private String ran(Matcher address, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--bootstrap-servers", address.group(1)));
    all.addAll(List.of("--schema-registry-url", address.group(2)));
    try (RlhfProcess process = RlhfProcess.start(directory, all.toArray(String[]::new))) {
      assertThat(process.awaitExit()).as(process.output()).isZero();
      return process.output();
    }
  }

  private static void requireEachOnce(Log log) {
    List<Score> scores =
        log.read(log.topics().scores(), Score.class).stream()
            .filter(score -> score.getScorer().equals("words"))
            .toList();
    assertThat(scores)
        .hasSizeGreaterThanOrEqualTo(STEPS * BATCH)
        .allMatch(Score::getRescored)
        .extracting(Score::getRolloutId)
        .doesNotHaveDuplicates();
    for (Rollout rollout : log.read(log.topics().rollouts(), Rollout.class)) {
      scores.stream()
          .filter(score -> score.getRolloutId().equals(rollout.getRolloutId()))
          .forEach(
              score ->
                  assertThat(score.getValue())
                      .isEqualTo(
                          (double) new StringTokenizer(rollout.getResponseText()).countTokens()));
    }
  }

  private List<JsonNode> steps(String output) throws IOException {
    Path metrics = directory.resolve(output).resolve("metrics.jsonl");
    List<JsonNode> steps = new ArrayList<>();
    if (Files.exists(metrics)) {
      for (String line : Files.readAllLines(metrics, StandardCharsets.UTF_8)) {
        steps.add(new ObjectMapper().readTree(line));
      }
    }
    return steps;
  }
}
