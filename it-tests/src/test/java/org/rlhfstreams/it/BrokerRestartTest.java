package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;

/**
 * Broker and registry are killed mid-run: every role waits, and the run ends as if they were not.
 */
final class BrokerRestartTest {
  private static final int STEPS = 8;

  @TempDir private Path directory;

  private static String[] role(String name) {
    return new String[] {
      name,
      "--batch-size",
      "8",
      "--max-steps",
      String.valueOf(STEPS),
      "--ppo.epochs",
      "1",
      "--sampling.max-new-tokens",
      "12"
    };
  }

  @Test
  void aRunOutlivesItsBroker() throws IOException {
    Path prompts = directory.resolve("prompts.txt");
    Files.write(prompts, List.of("Once upon a time", "One day,", "Tim had a ball.", "Lily ran."));
    try (Cluster cluster = new Cluster(directory)) {
      assertThat(cluster.start("prompts", "import", prompts.toString()).awaitExit()).isZero();
      cluster.start(role("controller"));
      cluster.start(role("reward-service"));
      cluster.start(role("rollout-worker"));
      RlhfProcess learner = cluster.start(role("learner"));
      learner.awaitLine("step 2/");
      cluster.restartBroker();
      assertThat(learner.awaitExit()).isZero();
      Log log = cluster.log();
      await("all that was admitted is scored")
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  log.read(log.topics().scoredRollouts(), ScoredRollout.class).size() == STEPS * 8);
      assertThat(
              log.read(log.topics().scoredRollouts(), ScoredRollout.class).stream()
                  .map(scored -> scored.getRollout().getRequestId())
                  .toList())
          .containsExactlyInAnyOrderElementsOf(
              log.read(log.topics().rolloutRequests(), RolloutRequest.class).stream()
                  .map(RolloutRequest::getRequestId)
                  .toList());
      assertThat(
              log.read(log.topics().trainingMetrics(), StepMetrics.class).stream()
                  .map(metrics -> metrics.getVersion().getStep())
                  .toList())
          .isEqualTo(LongStream.rangeClosed(1, STEPS).boxed().toList());
    }
  }
}
