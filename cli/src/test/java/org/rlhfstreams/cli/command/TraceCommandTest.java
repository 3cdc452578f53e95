package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** From a click to the policy that followed it. */
final class TraceCommandTest {
  private static final String ANNOTATION = "label-studio/studio/7@2026-11-20T10:00:00Z";

  @TempDir private static Path data;
  private static CommandCluster cluster;
  private static KafkaConnection connection;

  @BeforeAll
  static void writeLog() {
    cluster = CommandCluster.start(data);
    connection = cluster.connection();
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    Topics topics = connection.topics();
    write(topics.comparisons(), comparison());
    write(topics.judgements(), judgement("another", "other", false));
    write(topics.judgements(), judgement("click-1", "a/0|b/0", false));
    write(topics.preferences(), preference("comparison/a/0|b/0"), preference("thumbs-7"));
    write(topics.preferences(), preference("kept-apart"));
    write(topics.judgements(), judgement(ANNOTATION, "a/0|b/0", false));
    write(topics.preferences(), preference(ANNOTATION), preference("kept-too"));
    write(
        topics.trainingMetrics(),
        step("reward", 1, List.of("x"), List.of("kept-apart"), 0),
        step("reward", 2, List.of("comparison/a/0|b/0", "x"), List.of(), 1),
        step("reward", 3, List.of("y", "comparison/a/0|b/0"), List.of(), 0),
        step("dpo", 1, List.of("thumbs-7"), List.of(), 0),
        step("ppo", 8, List.of("c/0", "d/0"), List.of(), 0),
        step("ppo", 9, List.of("e/0", "f/0", "g/0"), List.of(), 0));
    write(
        topics.scoredRollouts(),
        scored("c/0", 0, 1),
        scored("d/0", 0, 1),
        scored("e/0", 0, 1),
        scored("f/0", 7, 3),
        scored("g/0", 7, 3));
    write(topics.rollouts(), rollout("h/0", 8), rollout("i/0", 10));
    write(topics.rolloutRequests(), request("i"));
  }

  @AfterAll
  static void closeStack() {
    cluster.close();
  }

  private static void write(Topic topic, SpecificRecord... events) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (SpecificRecord event : events) {
        producer.send(new ProducerRecord<>(topic.name(), 0, "key", event));
      }
      producer.flush();
    }
  }

  private static Comparison comparison() {
    WeightVersion version = new WeightVersion(0, 5L);
    return Comparison.newBuilder()
        .setComparisonId("a/0|b/0")
        .setPromptId("a")
        .setPromptText("Once upon a time")
        .setFirst(
            ComparedResponse.newBuilder()
                .setRolloutId("a/0")
                .setText("there was a fox")
                .setTokenIds(List.of(1))
                .setVersion(version)
                .setScore(1f)
                .build())
        .setSecond(
            ComparedResponse.newBuilder()
                .setRolloutId("b/0")
                .setText("there was a house")
                .setTokenIds(List.of(1))
                .setVersion(version)
                .setScore(1f)
                .build())
        .setReason("close")
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  private static Judgement judgement(String id, String comparisonId, boolean withdrawn) {
    return Judgement.newBuilder()
        .setJudgementId(id)
        .setComparisonId(comparisonId)
        .setAnnotator("ann")
        .setChoice(Choice.FIRST)
        .setJudgedAt(Instant.EPOCH)
        .setMillisecondsSpent(2100)
        .setWithdrawn(withdrawn)
        .build();
  }

  private static Preference preference(String id) {
    return Preference.newBuilder()
        .setPreferenceId(id)
        .setPrompt("Once upon a time")
        .setChosen("there was a fox")
        .setRejected("there was a house")
        .setSource("test")
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  private static StepMetrics step(
      String objective, long step, List<String> ids, List<String> heldOut, double withheld) {
    return StepMetrics.newBuilder()
        .setRunId("rlhf." + objective)
        .setObjective(objective)
        .setVersion(new WeightVersion(0, step))
        .setValues(Map.of("people/withheld", withheld))
        .setRolloutIds(ids)
        .setHeldOutIds(heldOut)
        .setMeasuredAt(Instant.EPOCH)
        .build();
  }

  private static Rollout rollout(String id, long step) {
    String request = id.substring(0, id.indexOf('/'));
    return Rollout.newBuilder()
        .setRolloutId(id)
        .setRequestId(request)
        .setPromptId(request)
        .setSampleIndex(0)
        .setPromptText("prompt")
        .setPromptTokenIds(List.of(1))
        .setResponseText("response")
        .setResponseTokenIds(List.of(1))
        .setBehaviorLogProbabilities(List.of(-1f))
        .setSampling(sampling())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, step), 0, 1)))
        .setFinishReason(FinishReason.STOP)
        .setWorkerId("worker-1")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .build();
  }

  private static SamplingSettings sampling() {
    return SamplingSettings.newBuilder()
        .setTemperature(1f)
        .setTopK(0)
        .setTopP(1f)
        .setMaxNewTokens(16)
        .setSeed(0L)
        .build();
  }

  private static RolloutRequest request(String id) {
    return RolloutRequest.newBuilder()
        .setRequestId(id)
        .setPromptId(id)
        .setPromptText("prompt")
        .setPromptTokenIds(List.of(1))
        .setSampling(sampling())
        .setSamples(1)
        .setMinimumVersion(new WeightVersion(0, 0L))
        .setSequence(0)
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  private static ScoredRollout scored(String id, long policyStep, long rewardStep) {
    return ScoredRollout.newBuilder()
        .setRollout(rollout(id, policyStep))
        .setScore(1.5f)
        .setRewardModelVersion(new WeightVersion(0, rewardStep))
        .setReferenceLogProbabilities(List.of(-1f))
        .setKl(List.of(0f))
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  private static List<String> trace(int code, String id) {
    CommandRun run = cluster.expecting(code, "trace", id);
    return code == 0
        ? run.output().lines().map(line -> line.replaceAll("^\\S+ +\\S+ s +", "")).toList()
        : run.errors().lines().toList();
  }

  private static void assertInOrder(List<String> lines, String... beginnings) {
    assertThat(lines).hasSameSizeAs(beginnings);
    for (int i = 0; i < beginnings.length; i++) {
      assertThat(lines.get(i).replaceAll(" +", " ")).startsWith(beginnings[i]);
    }
  }

  @Test
  void aJudgementIsFollowedToThePolicy() {
    List<String> lines = trace(0, "click-1");
    assertInOrder(
        lines,
        "judgement or preference click-1",
        "asked rlhf.comparisons-0@0 a/0 or b/0 (close): Once upon a time",
        "judged rlhf.judgements-0@1 first by ann after 2.1 s",
        "preference rlhf.preferences-0@0 comparison/a/0|b/0: there was a fox",
        "learned rlhf.training-metrics-0@1 comparison/a/0|b/0: with 1 others, into reward model 0.2"
            + " (reward), which is withheld",
        "scored rlhf.scored-rollouts-0@3 f/0: score 1.500 by reward model 0.3, the first",
        "learned rlhf.training-metrics-0@5 2 of 3 responses with such scores, into policy 0.9 (ppo)",
        "policy in use rlhf.rollouts-0@1 0.10, first for i/0 by worker-1");
  }

  @Test
  void aPreferenceThatThePolicyLearnsFromTakesTheShortWay() {
    assertInOrder(
        trace(0, "thumbs-7"),
        "judgement or preference thumbs-7",
        "preference rlhf.preferences-0@1",
        "learned rlhf.training-metrics-0@3 thumbs-7: with 0 others, into policy 0.1 (dpo)",
        "policy in use rlhf.rollouts-0@0 0.8, first for h/0");
  }

  @Test
  void anAnnotationOfAToolIsAnAnswerAndAPreferenceOfItsOwn() {
    assertInOrder(
        trace(0, ANNOTATION),
        "judgement or preference " + ANNOTATION,
        "asked rlhf.comparisons-0@0 a/0 or b/0",
        "judged rlhf.judgements-0@2 first by ann",
        "preference rlhf.preferences-0@3 " + ANNOTATION);
  }

  @Test
  void oneThatJudgesIsSaidToBeHeldOut() {
    assertInOrder(
        trace(0, "kept-apart"),
        "judgement or preference kept-apart",
        "preference rlhf.preferences-0@2",
        "held out rlhf.training-metrics-0@0 kept-apart judges reward models from step 1 on");
  }

  @Test
  void theBeginningOfAnIdIsEnoughIfNoOtherBeginsSo() {
    assertThat(trace(0, "thumbs")).isEqualTo(trace(0, "thumbs-7"));
    assertThat(String.join(" ", trace(1, "kept")))
        .contains("2 begin with kept: name one of them, such as kept-apart, kept-too");
  }

  @Test
  void aRolloutIsFollowedByItsRequest() {
    assertThat(trace(0, "i/0")).isEqualTo(trace(0, "i")).first().asString().startsWith("request i");
  }

  @Test
  void anIdThatNobodyKnowsIsSaid() {
    assertThat(String.join(" ", trace(1, "nobody")))
        .contains("nothing that begins with nobody: no request in rlhf.rollout-requests")
        .contains("no judgement in rlhf.judgements");
  }
}
