package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;

/**
 * Every role is a JVM of its own, workers come and go, the scorer dies, and the log's accounts
 * still balance.
 */
final class SeparateProcessesTest {
  private static final int STEPS = 30;
  private static final int BATCH = 16;
  private static final int STALENESS = 2;
  private static final Duration LONGEST = Duration.ofMinutes(3);

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private static String[] role(String name, String... more) {
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of(
                name,
                "--batch-size",
                String.valueOf(BATCH),
                "--max-steps",
                String.valueOf(STEPS),
                "--sampling.max-new-tokens",
                "24",
                "--admission.staleness",
                String.valueOf(STALENESS),
                "--ppo.epochs",
                "1",
                "--rollout-worker.batch-size",
                "4",
                "--people.enabled",
                "true",
                "--people.http-port",
                "0"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  @Test
  void everyAdmittedRequestEndsInExactlyOneScoredRollout() throws IOException {
    Path prompts = directory.resolve("prompts.txt");
    Files.write(
        prompts, IntStream.range(0, 50).mapToObj(i -> "Once there were " + i + " foxes.").toList());
    try (TraceCollector collector = new TraceCollector();
        Cluster cluster = new Cluster(directory, collector.environment())) {
      RlhfProcess topics = cluster.start("topics", "create");
      assertThat(topics.awaitExit()).isZero();
      RlhfProcess imported = cluster.start("prompts", "import", prompts.toString());
      assertThat(imported.awaitExit()).isZero();
      RlhfProcess controller = cluster.start(role("controller"));
      RlhfProcess people = cluster.start(role("people"));
      RlhfProcess scorer = cluster.start(role("reward-service"));
      RlhfProcess learner = cluster.start(role("learner"));
      RlhfProcess first =
          cluster.start(role("rollout-worker", "--rollout-worker.worker-id", "first"));
      learner.awaitLine("step 2/" + STEPS);
      MetricsTable.read()
          .requireSame(
              List.of(
                  MetricsPage.of(controller),
                  MetricsPage.of(people),
                  MetricsPage.of(scorer),
                  MetricsPage.of(learner),
                  MetricsPage.of(first)));
      RlhfProcess reward = requireAdmissionAndPagesWithout(scorer, people, cluster);

      RlhfProcess second =
          cluster.start(
              role(
                  "rollout-worker",
                  "--rollout-worker.worker-id",
                  "second",
                  "--operations.log-format",
                  "json"));
      Log log = cluster.log();
      await("the second worker takes part")
          .atMost(LONGEST)
          .until(() -> workers(log).contains("second"));
      first.kill();

      assertThat(learner.awaitExit()).isZero();
      await("all that was admitted is scored")
          .atMost(LONGEST)
          .until(() -> scored(log).size() >= STEPS * BATCH);

      List<String> admitted = admitted(log);
      assertThat(admitted).hasSize(STEPS * BATCH).doesNotHaveDuplicates();
      assertThat(scored(log)).containsExactlyInAnyOrderElementsOf(admitted);
      assertThat(workers(log)).containsExactlyInAnyOrder("first", "second");

      List<StepMetrics> steps = log.read(log.topics().trainingMetrics(), StepMetrics.class);
      assertThat(steps).hasSize(STEPS);
      List<String> learned = steps.stream().flatMap(s -> s.getRolloutIds().stream()).toList();
      assertThat(learned).hasSize(STEPS * BATCH).doesNotHaveDuplicates();

      String traceId = requireTrace(cluster, learned.get(0));
      for (String span : List.of("admit", "wait", "sample", "score", "learn")) {
        await("the collector has " + span)
            .atMost(LONGEST)
            .until(() -> collector.has(traceId, span));
      }

      RlhfProcess audit = cluster.start("audit");
      assertThat(audit.awaitExit()).isZero();
      assertThat(audit.output())
          .contains("balances: ")
          .containsPattern("learned +" + STEPS * BATCH + "\\n")
          .containsPattern("steps +" + STEPS + " +\\S+: 0\\.1 to 0\\." + STEPS + "; ");
      for (RlhfProcess role : List.of(second, reward, people, controller)) {
        role.interrupt();
        assertThat(role.awaitExit()).isEqualTo(130);
      }
      assertThat(second.output().lines()).isNotEmpty().allSatisfy(SeparateProcessesTest::isObject);
    }
  }

  /**
   * Kills the scorer while admission is paused and the run at rest: once it is resumed on the
   * pages, admission goes up to the bound without a scorer. The scorer that takes its place.
   */
  private static RlhfProcess requireAdmissionAndPagesWithout(
      RlhfProcess scorer, RlhfProcess people, Cluster cluster) throws IOException {
    Log log = cluster.log();
    URI pages = URI.create(people.awaitLine("pages at (http://\\S+)").group(1));
    assertThat(control(pages, "pause")).isEqualTo(202);
    await("all that was admitted is learned")
        .atMost(LONGEST)
        .until(() -> admitted(log).size() == steps(log) * BATCH);
    int learned = steps(log);
    scorer.kill();
    assertThat(control(pages, "resume")).isEqualTo(202);
    await("admission goes up to the bound")
        .atMost(LONGEST)
        .until(() -> admitted(log).size() == (learned + 1 + STALENESS) * BATCH);
    assertThat(steps(log)).isEqualTo(learned);
    return cluster.start(role("reward-service"));
  }

  private static int steps(Log log) {
    return log.read(log.topics().trainingMetrics(), StepMetrics.class).size();
  }

  private static int control(URI pages, String action) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(pages.resolve("/api/v1/controls"))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"action\": \"" + action + "\"}"))
            .build();
    try {
      return HttpClient.newHttpClient()
          .send(request, HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static void isObject(String line) throws IOException {
    assertThat(JSON.readTree(line).path("level").asText()).isEqualTo("INFO");
    assertThat(JSON.readTree(line).path("formattedMessage").asText()).isNotEmpty();
  }

  /** From its prompt to the policy that learned from it, under one trace, whose id it answers. */
  private static String requireTrace(Cluster cluster, String rolloutId) {
    String requestId = rolloutId.substring(0, rolloutId.lastIndexOf('/'));
    RlhfProcess trace = cluster.start("trace", requestId);
    assertThat(trace.awaitExit()).isZero();
    assertThat(trace.output())
        .containsPattern("request " + requestId + ", trace [0-9a-f]{32}")
        .containsSubsequence(
            "prompt ",
            "rlhf.prompts-",
            "admitted ",
            "rlhf.rollout-requests-",
            "sampled ",
            rolloutId + ": ",
            "scored ",
            "learned ",
            "into policy 0.1 (ppo)",
            "policy in use",
            "0.1, first for ");
    return trace.awaitLine("trace ([0-9a-f]{32})").group(1);
  }

  private static List<String> admitted(Log log) {
    return log.read(log.topics().rolloutRequests(), RolloutRequest.class).stream()
        .map(RolloutRequest::getRequestId)
        .toList();
  }

  private static List<String> scored(Log log) {
    return log.read(log.topics().scoredRollouts(), ScoredRollout.class).stream()
        .map(scored -> scored.getRollout().getRequestId())
        .toList();
  }

  private static Set<String> workers(Log log) {
    Set<String> workers = new HashSet<>();
    log.read(log.topics().rollouts(), Rollout.class)
        .forEach(rollout -> workers.add(rollout.getWorkerId()));
    return workers;
  }
}
