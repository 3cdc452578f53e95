package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;

/**
 * Our questions go to a real Label Studio and come back as preferences, also those that were
 * answered while nobody listened.
 */
@Tag("label-studio")
@ExtendWith(LabelStudioNeeded.class)
final class LabelStudioTest {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final int QUESTIONS = 16;
  private static final int ADA = 1;

  private static final String CONFIGURATION =
      """
      <View>
        <Text name="prompt" value="$prompt"/>
        <Text name="first" value="$first"/>
        <Text name="second" value="$second"/>
        <Choices name="which_was_longer" toName="prompt"><Choice value="first"/><Choice value="second"/></Choices>
        <Choices name="reason" toName="prompt" choice="multiple">
          <Choice value="helpful"/><Choice value="shorter"/>
        </Choices>
        <Pairwise name="preference" toName="first,second"/>
      </View>
      """;

  @TempDir private static Path directory;
  private static final Deque<Asked> WAITING = new ArrayDeque<>();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static Cluster cluster;
  private static Log log;
  private static RlhfProcess people;
  private static LabelStudioServer tool;
  private static int peoplePort;
  private static String admin;
  private static Path webhookToken;
  private static int bob;
  private static int project;

  /** A question of ours as a task of Label Studio. */
  private record Asked(String comparisonId, int task, String first, String second) {}

  @BeforeAll
  static void start() throws Exception {
    tool = LabelStudioServer.start(directory.resolve("label-studio"));
    cluster = new Cluster(directory);
    log = cluster.log();
    try (ServerSocket free = new ServerSocket(0)) {
      peoplePort = free.getLocalPort();
    }
    admin = token("admin", "admin");
    webhookToken = Files.writeString(directory.resolve("webhook"), token("studio", "application"));
    cluster.start("controller", "--people.enabled", "true").awaitLine("healthy|topolog|started");
    people = startPeople();
    log.writeAll(log.topics().scoredRollouts(), rollouts());
    bob = tool.person("bob");
    project = tool.project(CONFIGURATION);
    tool.webhook(project, api("/webhooks/label-studio"), Files.readString(webhookToken));
    String exported =
        await("all questions are open")
            .atMost(LONGEST)
            .until(LabelStudioTest::export, LabelStudioTest::hasAll);
    List<Integer> tasks = tool.importTasks(project, exported);
    JsonNode data = read(exported);
    for (int i = 0; i < QUESTIONS; i++) {
      JsonNode question = data.get(i).path("data");
      WAITING.add(
          new Asked(
              question.path("comparisonId").asText(),
              tasks.get(i),
              question.path("first").asText(),
              question.path("second").asText()));
    }
  }

  @AfterAll
  static void end() {
    if (cluster != null) {
      cluster.close();
    }
    if (tool != null) {
      tool.close();
    }
  }

  private static String token(String name, String role) {
    RlhfProcess made =
        RlhfProcess.start(
            directory,
            "people",
            "token",
            "--name",
            name,
            "--role",
            role,
            "--tokens-file",
            "tokens");
    String token = made.awaitLine("^(rlhf_\\S+)$").group(1);
    assertThat(made.awaitExit()).isZero();
    return token;
  }

  private static RlhfProcess startPeople() {
    RlhfProcess started =
        cluster.start(
            "people",
            "--people.enabled",
            "true",
            "--people.tokens-file",
            "tokens",
            "--people.http-port",
            String.valueOf(peoplePort));
    started.awaitLine("judgements and preferences are taken");
    return started;
  }

  /** Two responses to each of some prompts. */
  private static List<ScoredRollout> rollouts() {
    List<ScoredRollout> rollouts = new ArrayList<>();
    for (int i = 0; i < QUESTIONS; i++) {
      rollouts.add(scored("p" + i, 0));
      rollouts.add(scored("p" + i, 1));
    }
    return rollouts;
  }

  private static ScoredRollout scored(String promptId, int sample) {
    Rollout rollout =
        Rollout.newBuilder()
            .setRolloutId(promptId + "/0/" + sample)
            .setRequestId(promptId + "/0")
            .setPromptId(promptId)
            .setSampleIndex(sample)
            .setPromptText("What of " + promptId + "?")
            .setPromptTokenIds(List.of(1))
            .setResponseText("answer " + sample + " to " + promptId)
            .setResponseTokenIds(List.of(5 + sample, 6))
            .setBehaviorLogProbabilities(List.of(-1f, -1f))
            .setSampling(
                SamplingSettings.newBuilder()
                    .setTemperature(1f)
                    .setTopK(0)
                    .setTopP(1f)
                    .setMaxNewTokens(16)
                    .setSeed(7L)
                    .build())
            .setSegments(List.of(new VersionSegment(new WeightVersion(0, 1L), 0, 2)))
            .setFinishReason(FinishReason.STOP)
            .setWorkerId("w")
            .setStartedAt(Instant.EPOCH)
            .setFinishedAt(Instant.EPOCH)
            .build();
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore(sample)
        .setRewardModelVersion(new WeightVersion(0, 0L))
        .setReferenceLogProbabilities(List.of(-1f, -1f))
        .setKl(List.of(0f, 0f))
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  private static String api(String path) {
    return "http://127.0.0.1:" + peoplePort + "/api/v1" + path;
  }

  private static String export() throws IOException, InterruptedException {
    return CLIENT
        .send(
            HttpRequest.newBuilder(URI.create(api("/export/label-studio")))
                .header("Authorization", "Bearer " + admin)
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static boolean hasAll(String exported) {
    try {
      return read(exported).size() == QUESTIONS;
    } catch (IOException e) {
      return false; // it is a problem that says what is not ready
    }
  }

  private static JsonNode read(String json) throws IOException {
    return new ObjectMapper().readTree(json);
  }

  private static Asked next() {
    return WAITING.remove();
  }

  /** The preferences of a question that count: an id once, until it is taken back. */
  private static List<Preference> preferences(Asked asked) {
    Map<String, Preference> counting = new LinkedHashMap<>();
    for (Preference preference : log.read(log.topics().preferences(), Preference.class)) {
      if (preference.getWithdrawn()) {
        counting.remove(preference.getPreferenceId());
      } else if (asked.comparisonId().equals(preference.getComparisonId())) {
        assertThat(counting.put(preference.getPreferenceId(), preference)).isNull();
      }
    }
    return List.copyOf(counting.values());
  }

  private static long records() {
    return log.read(log.topics().preferences(), Preference.class).size();
  }

  private static Optional<String> closed(Asked asked) {
    return log.read(log.topics().comparisons(), Comparison.class).stream()
        .filter(comparison -> comparison.getComparisonId().equals(asked.comparisonId()))
        .reduce((before, after) -> after)
        .map(Comparison::getClosed);
  }

  private static void awaitClosed(Asked asked) {
    await(asked + " is closed")
        .atMost(LONGEST)
        .until(() -> closed(asked).equals(Optional.of("judged")));
  }

  private static void awaitOpen(Asked asked) {
    await(asked + " is open").atMost(LONGEST).until(() -> closed(asked).isEmpty());
  }

  private static String sync(String toolToken) throws IOException {
    Path file = Files.writeString(directory.resolve("tool-token"), toolToken);
    RlhfProcess sync =
        RlhfProcess.start(
            directory,
            "people",
            "sync",
            "--label-studio",
            tool.url(),
            "--project",
            String.valueOf(project),
            "--token-file",
            file.toString(),
            "--people",
            "http://127.0.0.1:" + peoplePort,
            "--people-token-file",
            webhookToken.toString());
    assertThat(sync.awaitExit()).as(sync.output()).isZero();
    return sync.output();
  }

  private static String importFile(Path file) {
    RlhfProcess imported =
        cluster.start("preferences", "import", file.toString(), "--application", "studio");
    assertThat(imported.awaitExit()).as(imported.output()).isZero();
    return imported.output();
  }

  @Test
  void anAnnotationIsOnePreferenceAndClosesItsQuestion() throws Exception {
    Asked left = next();
    Asked right = next();
    Asked equal = next();
    Asked skipped = next();
    tool.annotate(left.task(), ADA, Optional.of("left"));
    tool.annotate(right.task(), bob, Optional.of("right"));
    tool.annotate(equal.task(), bob, Optional.empty());
    tool.skip(skipped.task(), ADA);
    for (Asked asked : List.of(left, right, equal)) {
      awaitClosed(asked);
      assertThat(export()).doesNotContain("\"" + asked.comparisonId() + "\"");
    }
    assertThat(preferences(left))
        .singleElement()
        .satisfies(
            preference -> {
              assertThat(preference.getChosen()).isEqualTo(left.first());
              assertThat(preference.getRejected()).isEqualTo(left.second());
              assertThat(preference.getAnnotators()).containsExactly("label-studio/" + ADA);
              assertThat(preference.getPreferenceId()).startsWith("label-studio/studio/");
            });
    assertThat(preferences(right))
        .extracting(Preference::getChosen, Preference::getAnnotators)
        .containsExactly(tuple(right.second(), List.of("label-studio/" + bob)));
    assertThat(preferences(equal)).isEmpty();
    assertThat(preferences(skipped)).isEmpty();
    assertThat(closed(skipped)).as("a skip is no answer").isEmpty();
    assertThat(log.read(log.topics().deadLetters(), DeadLetter.class)).isEmpty();
  }

  @Test
  void twoPeopleAtOneTaskAreTwoPreferences() {
    Asked asked = next();
    tool.annotate(asked.task(), ADA, Optional.of("left"));
    tool.annotate(asked.task(), bob, Optional.of("right"));
    awaitClosed(asked);
    assertThat(preferences(asked))
        .extracting(Preference::getChosen)
        .containsExactly(asked.first(), asked.second());
  }

  @Test
  void aChangeReplacesAndADeletionTakesBackAndOpensTheQuestionAgain() {
    Asked asked = next();
    int annotation = tool.annotate(asked.task(), ADA, Optional.of("left"));
    awaitClosed(asked);
    tool.change(annotation, "right");
    assertThat(preferences(asked))
        .extracting(Preference::getChosen)
        .containsExactly(asked.second());
    awaitClosed(asked);
    tool.delete(annotation);
    assertThat(preferences(asked)).isEmpty();
    awaitOpen(asked);
    Asked unskipped = next();
    int skip = tool.skip(unskipped.task(), bob);
    tool.change(skip, "left");
    awaitClosed(unskipped);
    assertThat(preferences(unskipped)).hasSize(1);
  }

  @Test
  void whatWasAnnotatedWhileNobodyListenedIsNotLostAndCountsOnce() throws Exception {
    Asked created = next();
    Asked other = next();
    Asked changed = next();
    Asked deleted = next();
    int change = tool.annotate(changed.task(), ADA, Optional.of("left"));
    int deletion = tool.annotate(deleted.task(), ADA, Optional.of("left"));
    awaitClosed(changed);
    awaitClosed(deleted);

    people.kill();
    tool.annotate(created.task(), ADA, Optional.of("right"));
    tool.annotate(other.task(), bob, Optional.of("left"));
    tool.change(change, "right");
    tool.delete(deletion);
    people = startPeople();
    assertThat(preferences(created)).as("Label Studio does not send again").isEmpty();

    assertThat(sync(LabelStudioServer.LEGACY_TOKEN)).contains("3 added", "1 deleted");
    awaitClosed(created);
    awaitClosed(other);
    awaitOpen(deleted);
    assertThat(preferences(created))
        .extracting(Preference::getChosen)
        .containsExactly(created.second());
    assertThat(preferences(other)).extracting(Preference::getChosen).containsExactly(other.first());
    assertThat(preferences(changed))
        .extracting(Preference::getChosen)
        .containsExactly(changed.second());
    assertThat(preferences(deleted)).isEmpty();

    long before = records();
    assertThat(sync(tool.personalToken())).contains(" 0 added", " 0 deleted");
    assertThat(importFile(tool.export(project, "JSON", directory.resolve("all.json"))))
        .contains("published no annotations");
    assertThat(importFile(tool.export(project, "JSON_MIN", directory.resolve("min.json"))))
        .contains("published no annotations");
    assertThat(records()).isEqualTo(before);
  }

  @Test
  void anExportCatchesUpToo() throws Exception {
    Asked one = next();
    Asked other = next();
    people.kill();
    tool.annotate(one.task(), ADA, Optional.of("right"));
    assertThat(importFile(tool.export(project, "JSON_MIN", directory.resolve("one.json"))))
        .contains("published 1 annotations");
    tool.annotate(other.task(), bob, Optional.of("right"));
    assertThat(importFile(tool.export(project, "JSON", directory.resolve("other.json"))))
        .contains("published 1 annotations");
    people = startPeople();
    awaitClosed(one);
    awaitClosed(other);
    long before = records();
    assertThat(sync(LabelStudioServer.LEGACY_TOKEN)).contains(" 0 added");
    assertThat(records()).isEqualTo(before);
    assertThat(preferences(one)).extracting(Preference::getChosen).containsExactly(one.second());
  }

  @Test
  void aClockThatWasWrongCountsNothingTwiceAndADeletionHolds() throws Exception {
    Asked ahead = next();
    Asked behind = next();
    int early = tool.annotate(ahead.task(), ADA, Optional.of("left"));
    int late = tool.annotate(behind.task(), ADA, Optional.of("left"));
    tool.setTime(early, Instant.parse("2999-01-01T00:00:00.250Z"));
    tool.setTime(late, Instant.parse("2001-01-01T00:00:00.250Z"));
    assertThat(sync(LabelStudioServer.LEGACY_TOKEN)).contains(" 1 added");
    assertThat(preferences(ahead))
        .extracting(Preference::getPreferenceId)
        .containsExactly("label-studio/studio/" + early + "@2999-01-01T00:00:00.250Z");
    assertThat(preferences(behind)).hasSize(1);
    tool.delete(early);
    assertThat(preferences(ahead)).isEmpty();
    assertThat(sync(LabelStudioServer.LEGACY_TOKEN)).contains(" 0 added", " 0 deleted");
    assertThat(preferences(ahead)).isEmpty();
  }
}
