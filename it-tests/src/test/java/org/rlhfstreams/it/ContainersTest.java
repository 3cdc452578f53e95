package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.ScoredRollout;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The roles in their image, read-only and within 2 GB, driven from outside only. */
@ExtendWith(DockerNeeded.class)
final class ContainersTest {
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final int INTERRUPTED = 130;
  private static final int STOP_WITHIN_SECONDS = 10;

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void workersAndScorersComeAndGoMidRunAndTheAccountBalances() {
    String prefix = "scaled.";
    ContainerStack stack = ContainerStack.shared();
    assertThat(stack.command(prefix, "prompts", "import", "--once")).contains("published");
    assertThat(stack.command(prefix, "prompts", "import", "--once"))
        .contains("published no prompts of the demo");
    try (GenericContainer<?> controller = stack.role(prefix, "controller");
        GenericContainer<?> learner = stack.role(prefix, "learner");
        GenericContainer<?> scorer = stack.role(prefix, "reward-service");
        GenericContainer<?> secondScorer = stack.role(prefix, "reward-service");
        GenericContainer<?> thirdScorer = stack.role(prefix, "reward-service");
        GenericContainer<?> first = stack.role(prefix, "rollout-worker");
        GenericContainer<?> second = stack.role(prefix, "rollout-worker");
        GenericContainer<?> third = stack.role(prefix, "rollout-worker");
        GenericContainer<?> fourth = stack.role(prefix, "rollout-worker")) {
      ContainerStack.start(controller, learner, scorer, first);
      awaitStep(learner, 2);
      assertThat(metric(first, "rlhf_worker_partitions")).isEqualTo(8);
      assertThat(metric(scorer, "rlhf_reward_partitions")).isEqualTo(8);
      assertThat(metric(controller, "rlhf_admission_requests_total")).isPositive();

      ContainerStack.start(second, third);
      ContainerStack.start(fourth, secondScorer, thirdScorer);
      List<GenericContainer<?>> workers = List.of(first, second, third, fourth);
      await("each worker has its share and works on it")
          .atMost(LONGEST)
          .until(
              () ->
                  workers.stream()
                      .allMatch(
                          worker ->
                              metric(worker, "rlhf_worker_partitions") == 2
                                  && metric(worker, "rlhf_worker_rollouts_total") > 0));
      List<GenericContainer<?>> scorers = List.of(scorer, secondScorer, thirdScorer);
      await("each scorer has its share and works on it")
          .atMost(LONGEST)
          .until(
              () ->
                  scorers.stream()
                      .allMatch(
                          replica ->
                              metric(replica, "rlhf_reward_partitions") >= 2
                                  && metric(replica, "rlhf_reward_scored_total") > 0));
      assertThat(stack.command(prefix, "status"))
          .contains(members("rollout-workers-", workers))
          .contains(members("scorer-reference-", scorers));

      assertThat(stopped(third)).isEqualTo(INTERRUPTED);
      assertThat(stopped(first)).isEqualTo(INTERRUPTED);
      kill(scorer);
      await("those that stay take over")
          .atMost(LONGEST)
          .until(
              () ->
                  metric(second, "rlhf_worker_partitions") == 4
                      && metric(fourth, "rlhf_worker_partitions") == 4
                      && metric(secondScorer, "rlhf_reward_partitions") == 4
                      && metric(thirdScorer, "rlhf_reward_partitions") == 4);
      awaitStep(learner, metric(learner, "rlhf_learner_step") + 3);
      assertThat(stopped(learner)).isEqualTo(INTERRUPTED);

      Log log = stack.log(prefix);
      await("all that was admitted is scored")
          .atMost(LONGEST)
          .until(() -> scored(log).size() >= admitted(log).size());
      assertThat(scored(log)).containsExactlyInAnyOrderElementsOf(admitted(log));
      assertThat(stack.command(prefix, "audit"))
          .containsPattern("doubled +0\\b")
          .containsPattern("lost +0\\b")
          .contains("balances: ");
    }
  }

  @Test
  void aWorkerWithoutWeightsIsNotReadyAndSaysWhy() {
    try (GenericContainer<?> worker =
        ContainerStack.shared()
            .role("alone.", "rollout-worker")
            .waitingFor(Wait.forLogMessage(".*started; health.*", 1))) {
      worker.start();
      assertThat(get(worker, "/health")).contains("healthy");
      assertThat(get(worker, "/ready")).contains("not ready", "no policy weights have arrived yet");
      assertThat(stopped(worker)).isEqualTo(INTERRUPTED);
    }
  }

  @Test
  void pagesNeedNoModelAndNoOtherRole() {
    ContainerStack stack = ContainerStack.shared();
    String token =
        stack
            .command(
                "pages.",
                "people",
                "token",
                "--name",
                "ada",
                "--role",
                "viewer",
                "--tokens-file",
                ContainerStack.TOKENS_FILE)
            .lines()
            .filter(line -> line.startsWith("rlhf_"))
            .findFirst()
            .orElseThrow();
    try (GenericContainer<?> people = stack.role("pages.", "people")) {
      people.start();
      assertThat(get(people, "/metrics")).contains("rlhf_people_viewers");
      URI status =
          URI.create(
              String.format(
                  Locale.ROOT,
                  "http://%s:%d/api/v1/status",
                  people.getHost(),
                  people.getMappedPort(ContainerStack.PAGES)));
      HttpRequest.Builder anybody = HttpRequest.newBuilder(status);
      assertThat(send(anybody.copy().build()).statusCode()).isEqualTo(401);
      HttpRequest known = anybody.header("Authorization", "Bearer " + token).build();
      assertThat(send(known).statusCode()).isEqualTo(200);
      assertThat(stopped(people)).isEqualTo(INTERRUPTED);
    }
  }

  private static List<String> members(String group, List<GenericContainer<?>> replicas) {
    return replicas.stream()
        .map(replica -> group + replica.getContainerId().substring(0, 12))
        .toList();
  }

  private static void kill(GenericContainer<?> role) {
    role.getDockerClient().killContainerCmd(role.getContainerId()).exec();
  }

  private void awaitStep(GenericContainer<?> learner, double step) {
    await("step " + step).atMost(LONGEST).until(() -> metric(learner, "rlhf_learner_step") >= step);
  }

  private double metric(GenericContainer<?> role, String name) {
    Matcher value =
        Pattern.compile("^" + name + "(?:\\{.*})? (\\S+)$", Pattern.MULTILINE)
            .matcher(get(role, "/metrics"));
    return value.find() ? Double.parseDouble(value.group(1)) : -1;
  }

  private String get(GenericContainer<?> role, String path) {
    URI uri =
        URI.create(
            String.format(
                Locale.ROOT,
                "http://%s:%d%s",
                role.getHost(),
                role.getMappedPort(ContainerStack.OPERATIONS),
                path));
    return send(HttpRequest.newBuilder(uri).build()).body();
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(request.uri() + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** As docker stop: asked to end, killed after 10 s; the exit code, 137 where it was killed. */
  private static int stopped(GenericContainer<?> role) {
    role.getDockerClient()
        .stopContainerCmd(role.getContainerId())
        .withTimeout(STOP_WITHIN_SECONDS)
        .exec();
    return Math.toIntExact(role.getCurrentContainerInfo().getState().getExitCodeLong());
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
}
