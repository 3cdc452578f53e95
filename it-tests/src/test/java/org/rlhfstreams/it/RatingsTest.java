package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ScoredRollout;

/** A run whose only reward is what people say of each response: their ratings reach the weights. */
final class RatingsTest {
  private static final int STEPS = 2;
  private static final int BATCH = 8;

  @TempDir private Path directory;

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void peopleAreTheReward() throws Exception {
    Path prompts = directory.resolve("prompts.jsonl");
    Files.write(prompts, List.of("{\"prompt\": \"Once there was a fox.\"}"));
    Path rewards = directory.resolve("rewards.yaml");
    Files.writeString(rewards, "rewards:\n  - {name: people, scorer: external, weight: 1}\n");
    try (RlhfProcess up =
        RlhfProcess.up(
            directory,
            BATCH,
            "--config",
            rewards.toString(),
            "--people.enabled",
            "true",
            "--people.http-port",
            "0",
            "--prompts",
            prompts.toString(),
            "--max-steps",
            String.valueOf(STEPS))) {
      Matcher address = up.awaitLine("up: broker (\\S+), registry (\\S+), a new run");
      String pages = up.awaitLine("pages at (http://\\S+)").group(1) + "/api/v1";
      Log log = new Log(address.group(1), address.group(2));
      await("rollouts that people have rated")
          .atMost(Duration.ofMinutes(3))
          .until(
              () -> {
                rateAll(pages);
                return log.read(log.topics().scoredRollouts(), ScoredRollout.class).size()
                    >= STEPS * BATCH;
              });
      up.awaitLine("step " + STEPS + "/" + STEPS + ".*");
      assertThat(log.read(log.topics().scoredRollouts(), ScoredRollout.class))
          .allSatisfy(
              scored ->
                  assertThat(scored.getScores().get("people").getValue())
                      .isEqualTo(scored.getRollout().getResponseText().length()));
      up.interrupt();
    }
  }

  /** Long ones are better. */
  private void rateAll(String pages) throws Exception {
    HttpResponse<String> waiting =
        client.send(
            HttpRequest.newBuilder(URI.create(pages + "/rollouts/unrated")).build(),
            HttpResponse.BodyHandlers.ofString());
    for (JsonNode rollout : json.readTree(waiting.body()).path("rollouts")) {
      String id = URLEncoder.encode(rollout.path("rolloutId").asText(), StandardCharsets.UTF_8);
      int value = rollout.path("response").asText().length();
      client.send(
          HttpRequest.newBuilder(URI.create(pages + "/rollouts/" + id + "/rating"))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{\"value\": " + value + "}"))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
