package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;

/**
 * A reward model, a verifier, a service behind HTTP, a program of somebody else's and a monitor
 * score one run, each in a process of its own, each killed twice: every rollout has every score
 * that is required once. Afterwards the log alone is scored and learned from again.
 */
@Tag("long")
final class KilledScorersTest {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int BATCH = 16;
  private static final int STEPS = 20;
  private static final List<String> REWARDS =
      List.of("helpful", "right", "judged", "brief", "length");

  @TempDir private Path directory;

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void everyRolloutHasEveryScoreOnceWhateverIsKilled() throws Exception {
    Path prompts = directory.resolve("prompts.jsonl");
    Files.write(
        prompts,
        IntStream.range(0, 200)
            .mapToObj(
                i -> "{\"prompt\": \"%s and %s is\", \"answer\": \"%s\"}".formatted(i, i, i + i))
            .toList());
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/score", this::judge);
    service.start();
    Path rewards = directory.resolve("rewards.yaml");
    Files.writeString(
        rewards,
        """
        rewards:
          - {name: helpful, scorer: reward-model}
          - {name: right, scorer: math, weight: 2}
          - {name: judged, scorer: http, weight: 0.5, settings: {url: "http://127.0.0.1:%s/score"}}
          - {name: brief, scorer: external, weight: 0.1}
          - {name: length, scorer: length, weight: 0, required: true, settings: {mode: count}}
        """
            .formatted(String.valueOf(service.getAddress().getPort())));
    try (Cluster cluster = new Cluster(directory)) {
      assertThat(cluster.start("topics", "create").awaitExit()).isZero();
      assertThat(
              cluster
                  .start("prompts", "import", prompts.toString(), "--metadata", "answer")
                  .awaitExit())
          .isZero();
      Log log = cluster.log();
      cluster.start(role("controller", rewards));
      RlhfProcess learner = cluster.start(role("learner", rewards));
      cluster.start(role("rollout-worker", rewards));
      Map<String, Supplier<RlhfProcess>> starts = new HashMap<>();
      for (String scorers : List.of("helpful,reference", "right", "judged", "length")) {
        starts.put(
            scorers,
            () ->
                cluster.start(
                    role("reward-service", rewards, "--reward-service.scorers", scorers)));
      }
      ExternalScorer programs = new ExternalScorer(directory);
      starts.put("brief", () -> cluster.startExternalScorer(programs, "brief"));
      Map<String, RlhfProcess> running = new HashMap<>();
      starts.forEach((name, start) -> running.put(name, start.get()));

      for (int round = 0; round < 2; round++) {
        for (String name : starts.keySet()) {
          awaitAnotherStep(log);
          running.get(name).kill();
          running.put(name, starts.get(name).get());
        }
      }
      assertThat(learner.awaitExit(LONGEST)).isZero();

      requireEachOnce(log);
      RlhfProcess audit = cluster.start("audit");
      assertThat(audit.awaitExit()).as(audit.output()).isZero();
      assertThat(audit.output())
          .contains("balances: ")
          .containsPattern("doubled +0\\b")
          .containsPattern("lost +0\\b")
          .containsPattern(
              "scores .* by brief .*, helpful .*, judged .*, length .*, reference .*, right");
      for (RlhfProcess scorer : running.values()) {
        scorer.kill();
      }
      requireScoredAndLearnedFromAgain(cluster);
    } finally {
      service.stop(0);
    }
  }

  private static String[] role(String name, Path rewards, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                name,
                "--config",
                rewards.toString(),
                "--batch-size",
                String.valueOf(BATCH),
                "--max-steps",
                String.valueOf(STEPS),
                "--admission.metadata",
                "answer",
                "--admission.staleness",
                "2",
                "--sampling.max-new-tokens",
                "16",
                "--ppo.epochs",
                "1"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static void awaitAnotherStep(Log log) {
    int before = steps(log).size();
    await("a step").atMost(LONGEST).until(() -> steps(log).size() > before || before >= STEPS);
  }

  private static List<StepMetrics> steps(Log log) {
    return log.read(log.topics().trainingMetrics(), StepMetrics.class);
  }

  private static void requireEachOnce(Log log) {
    List<StepMetrics> steps = steps(log);
    assertThat(steps).hasSize(STEPS);
    assertThat(steps.stream().flatMap(step -> step.getRolloutIds().stream()))
        .hasSize(STEPS * BATCH)
        .doesNotHaveDuplicates();
    for (String reward : REWARDS) {
      assertThat(steps)
          .allSatisfy(
              step -> assertThat(step.getValues()).containsKey("objective/scores/" + reward));
    }
    List<ScoredRollout> scored = log.read(log.topics().scoredRollouts(), ScoredRollout.class);
    assertThat(scored.stream().map(one -> one.getRollout().getRolloutId())).doesNotHaveDuplicates();
    assertThat(scored).allSatisfy(one -> assertThat(one.getScores().keySet()).containsAll(REWARDS));
    // Ours are in one transaction with their offsets; a program of somebody else's may repeat.
    Map<String, Long> byScorer =
        log.read(log.topics().scores(), Score.class).stream()
            .filter(score -> !score.getScorer().equals("brief"))
            .collect(
                Collectors.groupingBy(
                    score -> score.getScorer() + " of " + score.getRolloutId(),
                    Collectors.counting()));
    assertThat(byScorer.values()).containsOnly(1L);
  }

  private void requireScoredAndLearnedFromAgain(Cluster cluster) throws IOException {
    Path again = directory.resolve("again.yaml");
    Files.writeString(
        again,
        """
        rewards:
          - {name: helpful, scorer: reward-model, weight: 0.2}
          - {name: right, scorer: math, weight: 1}
          - {name: fresh, scorer: repetition, weight: 3, settings: {n: 2}}
        """);
    RlhfProcess rescore =
        cluster.start("rescore", "--scorer", "fresh", "--config", again.toString());
    assertThat(rescore.awaitExit()).as(rescore.output()).isZero();
    Path output = directory.resolve("again");
    RlhfProcess replay =
        cluster.start(
            "replay",
            "ppo",
            "--config",
            again.toString(),
            "--model",
            Repository.starter().toString(),
            "--batch-size",
            String.valueOf(BATCH),
            "--max-steps",
            "3",
            "--ppo.epochs",
            "1",
            "--output",
            output.toString());
    assertThat(replay.awaitExit(LONGEST)).as(replay.output()).isZero();
    for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
      JsonNode step = json.readTree(line);
      double sum =
          0.2 * step.path("objective/scores/helpful").asDouble()
              + step.path("objective/scores/right").asDouble()
              + 3 * step.path("objective/scores/fresh").asDouble();
      assertThat(step.path("objective/scores").asDouble()).isCloseTo(sum, within(1e-5));
    }
  }

  /** A judge that likes long words. */
  private void judge(HttpExchange exchange) throws IOException {
    ArrayNode scores = json.createArrayNode();
    for (JsonNode item : json.readTree(exchange.getRequestBody()).path("items")) {
      String response = item.path("response").asText();
      ObjectNode score = scores.addObject();
      score.set("id", item.path("id"));
      score.put("value", response.length() / (1.0 + response.split("\\s+", -1).length));
    }
    byte[] answer = json.writeValueAsBytes(json.createObjectNode().set("scores", scores));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }
}
