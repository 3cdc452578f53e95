package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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

/** Every role is a JVM of its own, workers come and go, and the log's accounts still balance. */
final class SeparateProcessesTest {
  private static final int STEPS = 30;
  private static final int BATCH = 16;
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
                "2",
                "--ppo.epochs",
                "1",
                "--rollout-worker.batch-size",
                "4"));
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
      RlhfProcess reward = cluster.start(role("reward-service"));
      RlhfProcess learner = cluster.start(role("learner"));
      RlhfProcess first =
          cluster.start(role("rollout-worker", "--rollout-worker.worker-id", "first"));
      learner.awaitLine("step 2/" + STEPS);

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
      MetricsTable table = MetricsTable.read();
      table.requireSame(
          List.of(MetricsPage.of(reward), MetricsPage.of(learner), MetricsPage.of(first)));
      first.kill();

      assertThat(learner.awaitExit()).isZero();
      await("all that was admitted is scored")
          .atMost(LONGEST)
          .until(() -> scored(log).size() >= STEPS * BATCH);

      List<String> admitted =
          log.read(log.topics().rolloutRequests(), RolloutRequest.class).stream()
              .map(RolloutRequest::getRequestId)
              .toList();
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

      second.interrupt();
      reward.interrupt();
      assertThat(second.awaitExit()).isEqualTo(130);
      assertThat(reward.awaitExit()).isEqualTo(130);
      assertThat(second.output().lines()).isNotEmpty().allSatisfy(SeparateProcessesTest::isObject);
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
