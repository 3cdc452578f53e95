package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.StepMetrics;

/** A learner that never ends: pairs come one by one, and the policy that answers follows them. */
final class LivePreferencesTest {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path directory;
  private final HttpClient client = HttpClient.newHttpClient();

  private static void publish(Log log, String id) throws Exception {
    Preference pair =
        Preference.newBuilder()
            .setPreferenceId(id)
            .setPrompt("Once upon a time")
            .setChosen(" there was a happy fox named " + id + ".")
            .setRejected(" there was a sad fox named " + id + ".")
            .setSource("test")
            .setCreatedAt(Instant.EPOCH)
            .build();
    log.write(log.topics().preferences(), id, pair);
  }

  private RlhfProcess learner(Cluster cluster) {
    return cluster.start(
        "learner", "--learner.objective", "dpo", "--until", "never", "--batch-size", "1");
  }

  /** The version that a worker answers with. */
  private String version(String url) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"prompt\":\"Once upon a time\",\"max_tokens\":4}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return MAPPER.readTree(response.body()).path("system_fingerprint").asText();
  }

  private void awaitVersion(String url, String version) {
    await("the worker has taken up " + version)
        .atMost(LONGEST)
        .until(() -> version(url).equals(version));
  }

  @Test
  void eachPairCountsOnceAndTheRunningWorkerTakesUpEachStep() throws Exception {
    try (Cluster cluster = new Cluster(directory)) {
      assertThat(cluster.start("topics", "create").awaitExit()).isZero();
      Log log = cluster.log();
      RlhfProcess worker = cluster.start("rollout-worker");
      String url = worker.awaitLine("health at (http://\\S+)/health").group(1);
      RlhfProcess learner = learner(cluster);
      learner.awaitLine("^reading \\S*preferences, from offset 0 on");
      awaitVersion(url, "0.0");

      publish(log, "a");
      learner.awaitLine("^step 1 ");
      awaitVersion(url, "0.1");
      publish(log, "a");
      publish(log, "b");
      learner.awaitLine("^step 2 ");
      awaitVersion(url, "0.2");

      learner.kill();
      publish(log, "b");
      publish(log, "c");
      RlhfProcess restarted = learner(cluster);
      restarted.awaitLine("^step 3 ");
      awaitVersion(url, "0.3");

      List<StepMetrics> steps = log.read(log.topics().trainingMetrics(), StepMetrics.class);
      assertThat(steps)
          .extracting(StepMetrics::getRolloutIds)
          .containsExactly(List.of("a"), List.of("b"), List.of("c"));
      assertThat(steps)
          .extracting(step -> step.getValues().get("data/duplicates"))
          .containsExactly(0.0, 1.0, 1.0);
      RlhfProcess audit = cluster.start("audit");
      assertThat(audit.awaitExit()).isZero();
      assertThat(audit.output()).doesNotContain("unasked"); // pairs are no rollouts
      restarted.interrupt();
      assertThat(restarted.awaitExit()).isEqualTo(130);
    }
  }
}
