package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;

/** The whole system in one process: it shrugs off bad records, and goes on after Ctrl-C. */
final class UpTest {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final byte[] UNKNOWN_SCHEMA = {0, 0, 15, 66, 63, 1, 2, 3};

  @TempDir private Path directory;

  private RlhfProcess up(int maxSteps) {
    return RlhfProcess.up(directory, 8, "--max-steps", String.valueOf(maxSteps));
  }

  @Test
  void afterCtrlCAndAfterAKillTheNextUpContinuesWithoutAWordOfErrors() throws IOException {
    try (RlhfProcess first = up(1000)) {
      first.awaitLine("a new run");
      first.awaitLine("step 3/1000");
      first.interrupt();
      assertThat(first.awaitExit()).isEqualTo(130);
      assertThat(first.output()).contains("closed after a checkpoint");
      assertNoErrors(first);
    }
    long done = steps().size();
    assertThat(done).isGreaterThanOrEqualTo(3);
    try (RlhfProcess second = up(1000)) {
      second.awaitLine("going on");
      second.awaitLine("step " + (done + 1) + "/1000");
      second.kill();
      assertNoErrors(second);
    }
    done = steps().size();
    try (RlhfProcess third = up((int) done + 2)) {
      third.awaitLine("going on");
      assertThat(third.awaitExit()).isZero();
      assertNoErrors(third);
    }
    assertThat(steps()).isEqualTo(LongStream.rangeClosed(1, done + 2).boxed().toList());
  }

  /** What heals by itself is no error: who reads one on a healthy run believes none later. */
  private static void assertNoErrors(RlhfProcess up) {
    assertThat(up.output().lines())
        .noneMatch(line -> line.startsWith("error: ") || line.contains(" ERROR "));
  }

  private List<Long> steps() throws IOException {
    List<Long> steps = new ArrayList<>();
    Path metrics = directory.resolve("rlhf-data").resolve("output").resolve("metrics.jsonl");
    for (String line : Files.readAllLines(metrics, StandardCharsets.UTF_8)) {
      steps.add(new ObjectMapper().readTree(line).get("step").asLong());
    }
    return steps;
  }

  @Test
  void badRecordsBecomeDeadLettersWhileTheRunGoesOn() throws Exception {
    try (RlhfProcess up = up(100_000)) {
      Matcher address = up.awaitLine("up: broker (\\S+), registry (\\S+), a new run");
      Log log = new Log(address.group(1), address.group(2));
      up.awaitLine("step 1/");
      Topic rollouts = log.topics().rollouts();
      Topic scored = log.topics().scoredRollouts();
      log.writeBytes(rollouts, "garbage", "this is no Avro".getBytes(StandardCharsets.UTF_8));
      log.writeBytes(rollouts, "unknown", UNKNOWN_SCHEMA);
      log.write(rollouts, "long", rollout("long", Collections.nCopies(4, -1f)));
      log.write(rollouts, "nan", rollout("nan", List.of(-1f, Float.NaN, -1f)));
      log.writeBytes(scored, "garbage", "nor is this".getBytes(StandardCharsets.UTF_8));
      log.write(scored, "score", scored("score", Float.POSITIVE_INFINITY));
      log.writeBytes(log.topics().prompts(), "garbage", new byte[] {1, 2, 3, 4, 5, 6});
      log.writeBytes(log.topics().rolloutRequests(), "garbage", new byte[] {9, 9, 9, 9, 9, 9});

      assertRefused(log, rollouts, "not Avro in Confluent's format");
      assertRefused(log, rollouts, "the registry knows no schema with id 999999");
      assertRefused(log, rollouts, "rollout long has 4 log-probabilities for 3 response tokens");
      assertRefused(log, rollouts, "rollout nan has a behavior log-probability of NaN at index 1");
      assertRefused(log, scored, "not Avro in Confluent's format");
      assertRefused(log, scored, "rollout score has score Infinity");
      assertRefused(log, log.topics().prompts(), "not Avro in Confluent's format");
      assertRefused(log, log.topics().rolloutRequests(), "not Avro in Confluent's format");

      int before = steps().size();
      await("the run goes on").atMost(LONGEST).until(() -> steps().size() > before + 3);
      up.interrupt();
      assertThat(up.awaitExit()).isEqualTo(130);
    }
  }

  private static void assertRefused(Log log, Topic topic, String reason) {
    await("a dead letter of " + topic.name() + ": " + reason)
        .atMost(LONGEST)
        .until(() -> refused(log, topic, reason).isPresent());
    DeadLetter letter = refused(log, topic, reason).orElseThrow();
    assertThat(letter.getOffset()).isNotNegative();
    assertThat(letter.getPartition()).isNotNegative();
    assertThat(letter.getValue().remaining()).isPositive();
  }

  private static Optional<DeadLetter> refused(Log log, Topic topic, String reason) {
    return log.read(log.topics().deadLetters(), DeadLetter.class).stream()
        .filter(letter -> letter.getTopic().equals(topic.name()))
        .filter(letter -> letter.getReason().contains(reason))
        .findFirst();
  }

  private static Rollout rollout(String id, List<Float> logProbabilities) {
    Instant now = Instant.now();
    return Rollout.newBuilder()
        .setRolloutId(id)
        .setRequestId(id)
        .setPromptId(id)
        .setSampleIndex(0)
        .setPromptText("x")
        .setPromptTokenIds(List.of(10, 11))
        .setResponseText("y")
        .setResponseTokenIds(List.of(12, 13, 14))
        .setBehaviorLogProbabilities(logProbabilities)
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setTopK(0)
                .setTopP(1f)
                .setMaxNewTokens(16)
                .setSeed(0L)
                .build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, 0L), 0, 3)))
        .setFinishReason(FinishReason.LENGTH)
        .setWorkerId("test")
        .setStartedAt(now)
        .setFinishedAt(now)
        .build();
  }

  private static ScoredRollout scored(String id, float score) {
    return ScoredRollout.newBuilder()
        .setRollout(rollout(id, List.of(-1f, -1f, -1f)))
        .setScore(score)
        .setRewardModelVersion(new WeightVersion(0, 0L))
        .setReferenceLogProbabilities(List.of(-1f, -1f, -1f))
        .setKl(List.of(0f, 0f, 0f))
        .setScoredAt(Instant.now())
        .build();
  }
}
