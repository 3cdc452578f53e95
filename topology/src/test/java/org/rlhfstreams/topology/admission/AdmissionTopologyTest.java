package org.rlhfstreams.topology.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.TraceParent;

final class AdmissionTopologyTest {
  private static final String OWN_TRACE = "00-11111111111111111111111111111111-2222222222222222-01";
  private static final String APPLICATIONS_TRACE =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @TempDir private Path state;

  private final EventSerdes serdes = new EventSerdes("mock://admission", Map.of());
  private final Topics topics = new Topics("test.", 4);
  private final List<String> buriedKinds = new ArrayList<>();
  private final AdmissionListener listener =
      new AdmissionListener() {
        @Override
        public Optional<TraceParent> released(
            RolloutRequest request, Optional<TraceParent> prompt) {
          return prompt.or(() -> Optional.of(new TraceParent(OWN_TRACE)));
        }

        @Override
        public void buried(DeadLetter letter) {
          buriedKinds.add(letter.getKind());
        }
      };
  private TopologyTestDriver driver;
  private TestInputTopic<String, byte[]> prompts;
  private TestInputTopic<String, Object> runs;
  private TestInputTopic<String, Object> metrics;
  private TestInputTopic<String, Object> letters;
  private TestInputTopic<String, Object> controls;
  private TestOutputTopic<String, RolloutRequest> requests;
  private TestOutputTopic<String, DeadLetter> refused;

  /** Admission with a run that a learner has stated. */
  private void start(int batchSize, double staleness, long maxSteps, int epochs, int samples) {
    start(staleness, epochs, samples);
    state("ppo", batchSize, maxSteps);
  }

  private void start(double staleness, int epochs, int samples) {
    StreamsBuilder builder = new StreamsBuilder();
    AdmissionTopology.build(
        builder,
        topics,
        serdes,
        prompt -> {
          if (prompt.getText().contains("too long")) {
            throw new PromptRefusedException("the prompt is too long");
          }
          return new EncodedPrompt(prompt.getText(), new int[] {prompt.getText().length()});
        },
        new AdmissionSettings(
            staleness,
            epochs,
            samples,
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setTopK(0)
                .setTopP(1f)
                .setMaxNewTokens(16)
                .setSeed(7L)
                .build()),
        listener);
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "admission");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    driver = new TopologyTestDriver(builder.build(), properties);
    StringSerializer keys = new StringSerializer();
    prompts = driver.createInputTopic(topics.prompts().name(), keys, new ByteArraySerializer());
    runs = driver.createInputTopic(topics.runs().name(), keys, serdes.serializer());
    metrics = driver.createInputTopic(topics.trainingMetrics().name(), keys, serdes.serializer());
    letters = driver.createInputTopic(topics.deadLetters().name(), keys, serdes.serializer());
    controls = driver.createInputTopic(topics.controls().name(), keys, serdes.serializer());
    requests =
        driver.createOutputTopic(
            topics.rolloutRequests().name(),
            new StringDeserializer(),
            serdes.serde(RolloutRequest.class).deserializer());
    refused =
        driver.createOutputTopic(
            topics.deadLetters().name(),
            new StringDeserializer(),
            serdes.serde(DeadLetter.class).deserializer());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void prompt(String id, String text) {
    prompt(id, text, new RecordHeaders());
  }

  private void prompt(String id, String text, Headers headers) {
    Prompt prompt =
        Prompt.newBuilder()
            .setPromptId(id)
            .setText(text)
            .setSource("test")
            .setCreatedAt(Instant.EPOCH)
            .build();
    prompts.pipeInput(
        new TestRecord<>(
            id, serdes.serializer().serialize(topics.prompts().name(), prompt), headers));
  }

  private void state(String objective, int batchSize, long maxSteps) {
    state(objective, batchSize, maxSteps, true);
  }

  private void state(String objective, int batchSize, long maxSteps, boolean learnsFromRollouts) {
    runs.pipeInput(
        objective,
        RunStatement.newBuilder()
            .setRunId(objective)
            .setObjective(objective)
            .setFirstVersion(new WeightVersion(0, 0L))
            .setLearnsFromRollouts(learnsFromRollouts)
            .setBatchSize(batchSize)
            .setMaxSteps(maxSteps)
            .setStatedAt(Instant.EPOCH)
            .build());
  }

  private void step(String objective, int generation, long step) {
    metrics.pipeInput(
        "run",
        StepMetrics.newBuilder()
            .setRunId("run")
            .setObjective(objective)
            .setVersion(new WeightVersion(generation, step))
            .setValues(Map.of())
            .setMeasuredAt(Instant.EPOCH)
            .build());
  }

  private void control(String commandId, ControlAction action) {
    controls.pipeInput(
        commandId,
        ControlCommand.newBuilder()
            .setCommandId(commandId)
            .setAction(action)
            .setRequestedBy("admin")
            .setRequestedAt(Instant.EPOCH)
            .build());
  }

  /** No prompt arrives for a while, so that another round may begin. */
  private void quiet() {
    driver.advanceWallClockTime(Duration.ofMillis(200));
    driver.advanceWallClockTime(Duration.ofMillis(200));
  }

  @Test
  void aLonePromptIsRepeatedOnlyOnceNoOtherArrives() {
    start(3, 0, 0, 0, 1);
    prompt("a", "x");
    assertThat(released()).containsExactly("a/0");
    prompt("b", "y");
    assertThat(released()).containsExactly("b/0");
    quiet();
    assertThat(released()).containsExactly("a/1");
  }

  private List<String> released() {
    return requests.readValuesToList().stream().map(RolloutRequest::getRequestId).toList();
  }

  @Test
  void onlyAsManyAreReleasedAsTheBoundAllows() {
    start(2, 1, 0, 1, 1);
    for (int i = 0; i < 9; i++) {
      prompt("p" + i, "text");
    }
    assertThat(released()).containsExactly("p0/0", "p1/0", "p2/0", "p3/0");
    step("ppo", 0, 1);
    assertThat(released()).containsExactly("p4/0", "p5/0");
    step("ppo", 0, 1); // the same step again releases nothing
    step("sft", 0, 50); // nor does another objective's
    assertThat(released()).isEmpty();
  }

  @Test
  void nothingIsReleasedBeforeALearnerHasStatedItsRun() {
    start(1, 1, 1);
    for (int i = 0; i < 20; i++) {
      prompt("p" + i, "text");
    }
    step("ppo", 0, 1);
    step("ppo", 0, 3);
    state("sft", 100, 0, false); // it learns from preferences
    step("sft", 0, 9);
    quiet();
    assertThat(released()).isEmpty();
    state("ppo", 2, 0);
    // The steps before the statement count: (3 + 1 + 1) x 2.
    List<RolloutRequest> first = requests.readValuesToList();
    assertThat(first).hasSize(10);
    assertThat(first)
        .extracting(RolloutRequest::getMinimumVersion)
        .containsOnly(new WeightVersion(0, 3L));
    step("sft", 0, 10);
    assertThat(released()).isEmpty();
  }

  @Test
  void theBoundFollowsTheNewestStatement() {
    start(0, 1, 1);
    for (int i = 0; i < 20; i++) {
      prompt("p" + i, "text");
    }
    state("ppo", 2, 0);
    assertThat(released()).hasSize(2);
    state("ppo", 2, 0); // the learner has been started again
    assertThat(released()).isEmpty();
    state("ppo", 4, 0); // with another batch size
    assertThat(released()).hasSize(2);
    step("ppo", 0, 1);
    assertThat(released()).hasSize(4);
    state("ppo", 1, 0); // with a smaller one: nothing until the steps have caught up
    step("ppo", 0, 7);
    assertThat(released()).isEmpty();
    step("ppo", 0, 8);
    assertThat(released()).hasSize(1);
    state("ppo", 2, 5); // with an end
    assertThat(released()).hasSize(1);
  }

  @Test
  void onlyStepsOfTheStatedObjectiveCount() {
    start(0, 1, 1);
    for (int i = 0; i < 20; i++) {
      prompt("p" + i, "text");
    }
    state("ppo", 1, 0);
    step("ppo", 0, 2);
    assertThat(released()).hasSize(3);
    state("grpo", 2, 0);
    step("ppo", 0, 9);
    step("grpo", 0, 1);
    assertThat(released()).hasSize(1);
  }

  @Test
  void pausedAdmissionCountsAndReleasesNothing() {
    start(2, 0, 0, 1, 1);
    control("1", ControlAction.PAUSE_ADMISSION);
    for (int i = 0; i < 9; i++) {
      prompt("p" + i, "text");
    }
    step("ppo", 0, 1);
    quiet();
    control("2", ControlAction.CHECKPOINT); // somebody else's matter
    assertThat(released()).isEmpty();
    // The pause is in the store, where a restart finds it.
    assertThat(driver.getKeyValueStore(AdmissionTopology.COUNTERS).get("paused")).isEqualTo(1L);
    control("3", ControlAction.RESUME_ADMISSION);
    assertThat(released()).containsExactly("p0/0", "p1/0", "p2/0", "p3/0");
    control("1", ControlAction.PAUSE_ADMISSION); // the same command again
    step("ppo", 0, 2);
    assertThat(released()).containsExactly("p4/0", "p5/0");
  }

  @Test
  void requestsCarryWhatTheWorkerNeeds() {
    start(1, 0, 0, 1, 3);
    prompt("a", "hello");
    assertThat(released()).isEmpty(); // one request is three samples, the bound is one
    step("ppo", 0, 2);
    RolloutRequest request = requests.readValue();
    assertThat(request.getPromptText()).isEqualTo("hello");
    assertThat(request.getPromptTokenIds()).containsExactly(5);
    assertThat(request.getSamples()).isEqualTo(3);
    assertThat(request.getSampling().getSeed()).isEqualTo(7);
    assertThat(request.getMinimumVersion()).isEqualTo(new WeightVersion(0, 2L));
  }

  @Test
  void roundsRepeatThePromptsUntilTheRunEnds() {
    start(2, 0, 3, 0, 1);
    prompt("a", "x");
    prompt("b", "y");
    prompt("b", "a prompt id counts once");
    assertThat(released()).containsExactly("a/0", "b/0");
    quiet();
    for (int i = 1; i < 9; i++) {
      step("ppo", 0, i);
    }
    assertThat(released()).containsExactly("a/1", "b/1", "a/2", "b/2");
  }

  @Test
  void everyRequestOfAPromptBelongsToThePromptsTrace() {
    start(1, 0, 0, 0, 1);
    Headers traced = new RecordHeaders();
    new TraceParent(APPLICATIONS_TRACE).into(traced);
    prompt("a", "x", traced);
    prompt("b", "y");
    quiet();
    step("ppo", 0, 1);
    step("ppo", 0, 2); // the second round: the trace has been kept
    assertThat(requests.readRecordsToList())
        .extracting(
            TestRecord::key, record -> TraceParent.of(record.headers()).orElseThrow().text())
        .containsExactly(
            tuple("a/0", APPLICATIONS_TRACE),
            tuple("b/0", OWN_TRACE),
            tuple("a/1", APPLICATIONS_TRACE));
  }

  @Test
  void whatIsRefusedIsHeardOfWithItsKind() {
    start(1, 0, 0, 1, 1);
    prompt("a", "too long");
    prompts.pipeInput("b", new byte[] {1, 2, 3});
    assertThat(buriedKinds).containsExactly("prompt", "undecodable");
  }

  @Test
  void aLostSampleIsReleasedAgainAsAnother() {
    start(1, 0, 0, 0, 1);
    prompt("a", "x");
    quiet();
    assertThat(released()).containsExactly("a/0");
    letters.pipeInput(
        "rollouts",
        DeadLetter.newBuilder()
            .setTopic("rollouts")
            .setPartition(0)
            .setOffset(3)
            .setStage("reward-service")
            .setReason("broken")
            .setLostRollouts(1)
            .setRefusedAt(Instant.EPOCH)
            .build());
    assertThat(released()).containsExactly("a/1");
  }

  @Test
  void aRolledBackRunGoesOnInItsNewGeneration() {
    start(1, 0, 0, 0, 1);
    prompt("a", "x");
    quiet();
    step("ppo", 0, 5);
    assertThat(released()).hasSize(6);
    step("ppo", 1, 6);
    RolloutRequest request = requests.readValue();
    assertThat(request.getMinimumVersion()).isEqualTo(new WeightVersion(1, 6L));
    step("ppo", 0, 7); // of the generation that was given up
    assertThat(released()).isEmpty();
  }

  @Test
  void whatIsNoPromptBecomesADeadLetterAndStopsNothing() {
    start(4, 0, 0, 1, 1);
    prompts.pipeInput("x", "not avro".getBytes(StandardCharsets.UTF_8));
    prompts.pipeInput("y", new byte[] {0, 0, 0, 3, (byte) 0xe7, 1, 2});
    prompt("z", "this is too long");
    prompt("a", "fine");
    assertThat(released()).containsExactly("a/0");
    List<DeadLetter> dead = refused.readValuesToList();
    assertThat(dead).extracting(DeadLetter::getOffset).containsExactly(0L, 1L, 2L);
    assertThat(dead).extracting(DeadLetter::getTopic).containsOnly(topics.prompts().name());
    assertThat(dead.get(0).getReason()).contains("not Avro");
    assertThat(dead.get(1).getReason()).contains("schema");
    assertThat(dead.get(2).getReason()).contains("too long");
    assertThat(new String(dead.get(0).getValue().array(), StandardCharsets.UTF_8))
        .isEqualTo("not avro");
  }
}
