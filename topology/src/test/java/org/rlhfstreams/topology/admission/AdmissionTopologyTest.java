package org.rlhfstreams.topology.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;
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
import org.rlhfstreams.events.ChatMessage;
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

        @Override
        public void stepped(StepMetrics step) {
          heardSteps.add(step.getVersion().getStep());
        }

        @Override
        public void counted(long released, long accounted, long bound) {
          underWay = released - accounted + " of " + bound;
        }
      };
  private final List<Long> heardSteps = new ArrayList<>();
  private String underWay = "";
  private final Map<String, Integer> batchSizes = new HashMap<>();
  private final Map<String, Long> steps = new HashMap<>();
  private int restRounds;
  private TopologyTestDriver driver;
  private TestInputTopic<String, byte[]> prompts;
  private TestInputTopic<String, Object> runs;
  private TestInputTopic<String, Object> metrics;
  private TestInputTopic<String, Object> letters;
  private TestInputTopic<String, Object> controls;
  private TestOutputTopic<String, RolloutRequest> requests;
  private TestOutputTopic<String, RolloutRequest> evaluations;
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
            restRounds,
            samples,
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setTopK(0)
                .setTopP(1f)
                .setMaxNewTokens(16)
                .setSeed(7L)
                .build(),
            List.of("answer", "tests")),
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
    evaluations =
        driver.createOutputTopic(
            topics.evaluationRequests().name(),
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

  private void heldOut(String id) {
    Prompt prompt =
        Prompt.newBuilder()
            .setPromptId(id)
            .setText("held out")
            .setHeldOut(true)
            .setMetadata(Map.of("answer", id))
            .setSource("test")
            .setCreatedAt(Instant.EPOCH)
            .build();
    prompts.pipeInput(id, serdes.serializer().serialize(topics.prompts().name(), prompt));
  }

  private void stateEvaluated(int every, long maxSteps) {
    batchSizes.put("ppo", 2);
    runs.pipeInput(
        "ppo",
        RunStatement.newBuilder()
            .setRunId("ppo")
            .setObjective("ppo")
            .setFirstVersion(new WeightVersion(0, 0L))
            .setLearnsFromRollouts(true)
            .setBatchSize(2)
            .setMaxSteps(maxSteps)
            .setEvaluateEvery(every)
            .setStatedAt(Instant.EPOCH)
            .build());
  }

  /** No held-out prompt arrives for so long that all of them must be there. */
  private void rest() {
    for (int look = 0; look < 10; look++) {
      driver.advanceWallClockTime(Duration.ofMillis(200));
    }
  }

  private List<String> evaluated() {
    return evaluations.readValuesToList().stream().map(RolloutRequest::getRequestId).toList();
  }

  @Test
  void heldOutPromptsMeasureEachSecondVersionAndAreNeverLearnedFrom() {
    start(0, 0, 4);
    heldOut("q1");
    prompt("p1", "text");
    heldOut("q2");
    heldOut("q1"); // counts once, as any prompt
    stateEvaluated(2, 5);
    rest();
    List<RolloutRequest> first = evaluations.readValuesToList();
    assertThat(first)
        .extracting(RolloutRequest::getRequestId)
        .containsExactly("q1/evaluation/0.0", "q2/evaluation/0.0");
    assertThat(first)
        .allSatisfy(
            request -> {
              assertThat(request.getEvaluation().getVersion()).isEqualTo(new WeightVersion(0, 0L));
              assertThat(request.getEvaluation().getResponses()).isEqualTo(2);
              assertThat(request.getMinimumVersion()).isEqualTo(new WeightVersion(0, 0L));
              assertThat(request.getSamples()).isEqualTo(1);
              assertThat(request.getMetadata()).containsEntry("answer", request.getPromptId());
            });
    for (long step = 1; step <= 5; step++) {
      step("ppo", 0, step);
      step("ppo", 0, step); // the same step again measures nothing
    }
    rest();
    assertThat(evaluated())
        .as("each second step, and the last")
        .containsExactly(
            "q1/evaluation/0.2",
            "q2/evaluation/0.2",
            "q1/evaluation/0.4",
            "q2/evaluation/0.4",
            "q1/evaluation/0.5",
            "q2/evaluation/0.5");
    stateEvaluated(2, 5); // a restart of the learner
    rest();
    assertThat(evaluated()).isEmpty();
    assertThat(requests.readValuesToList())
        .isNotEmpty()
        .allSatisfy(
            request -> {
              assertThat(request.getPromptId()).isEqualTo("p1");
              assertThat(request.getEvaluation()).isNull();
            });
  }

  @Test
  void aVersionWaitsForThePromptsThatMeasureIt() {
    start(0, 0, 2);
    stateEvaluated(1, 0);
    step("ppo", 0, 1);
    rest();
    assertThat(evaluated()).as("there are none").isEmpty();
    heldOut("q1");
    quiet();
    heldOut("q2");
    quiet();
    assertThat(evaluated()).as("others may follow").isEmpty();
    rest();
    assertThat(evaluated()).containsExactly("q1/evaluation/0.1", "q2/evaluation/0.1");
    control("c1", ControlAction.PAUSE_ADMISSION);
    step("ppo", 0, 2);
    assertThat(evaluated()).isEmpty();
    control("c2", ControlAction.RESUME_ADMISSION);
    assertThat(evaluated()).containsExactly("q1/evaluation/0.2", "q2/evaluation/0.2");
    step("ppo", 1, 2); // a rollback, and the step again
    assertThat(evaluated()).containsExactly("q1/evaluation/1.2", "q2/evaluation/1.2");
  }

  @Test
  void withoutEvaluationsHeldOutPromptsRest() {
    start(4, 0, 0, 0, 2);
    heldOut("q1");
    step("ppo", 0, 1);
    rest();
    assertThat(evaluated()).isEmpty();
    assertThat(released()).isEmpty();
  }

  private void stateGroups(String objective, int batchSize, int together) {
    batchSizes.put(objective, batchSize);
    runs.pipeInput(
        objective,
        RunStatement.newBuilder()
            .setRunId(objective)
            .setObjective(objective)
            .setFirstVersion(new WeightVersion(0, 0L))
            .setLearnsFromRollouts(true)
            .setBatchSize(batchSize)
            .setSamplesLearnedTogether(together)
            .setMaxSteps(0)
            .setStatedAt(Instant.EPOCH)
            .build());
  }

  private void state(String objective, int batchSize, long maxSteps) {
    state(objective, batchSize, maxSteps, true);
  }

  private void state(String objective, int batchSize, long maxSteps, boolean learnsFromRollouts) {
    batchSizes.put(objective, batchSize);
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

  /** A step that has consumed whole batches of the stated size since the one before it. */
  private void step(String objective, int generation, long step) {
    long before = steps.getOrDefault(objective, 0L);
    steps.put(objective, Math.max(before, step));
    int batches = Math.toIntExact(Math.max(0, step - before));
    consume(objective, generation, step, batches * batchSizes.getOrDefault(objective, 1));
  }

  private void consume(String objective, int generation, long step, int samples) {
    metrics.pipeInput(
        "run",
        StepMetrics.newBuilder()
            .setRunId("run")
            .setObjective(objective)
            .setVersion(new WeightVersion(generation, step))
            .setValues(Map.of())
            .setRolloutIds(IntStream.range(0, samples).mapToObj(i -> step + "/" + i).toList())
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

  @Test
  void whatScorersNeedOfAPromptTravelsWithItsRequests() {
    start(2, 0, 0, 0, 1);
    Prompt prompt =
        Prompt.newBuilder()
            .setPromptId("sum")
            .setText("7 + 5 =")
            .setMetadata(Map.of("answer", "12", "id", "row 3"))
            .setSource("test")
            .setCreatedAt(Instant.EPOCH)
            .build();
    prompts.pipeInput("sum", serdes.serializer().serialize(topics.prompts().name(), prompt));
    quiet();
    assertThat(requests.readValuesToList())
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.getMetadata()).isEqualTo(Map.of("answer", "12")));
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
  void whatIsUnderWayIsHeard() {
    start(2, 1, 0, 1, 1);
    for (int i = 0; i < 5; i++) {
      prompt("p" + i, "text");
    }
    assertThat(underWay).isEqualTo("4 of 4");
    step("ppo", 0, 1);
    assertThat(underWay).as("5 released, 2 consumed").isEqualTo("3 of 4");
    assertThat(heardSteps).containsExactly(1L);
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
    // The steps before the statement count: 3 samples have been consumed, 2 x 2 may be on their
    // way.
    List<RolloutRequest> first = requests.readValuesToList();
    assertThat(first).hasSize(7);
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
    state("ppo", 1, 0); // with a smaller one: what is on its way is learned first
    for (int step = 2; step < 5; step++) {
      step("ppo", 0, step);
      assertThat(released()).isEmpty();
    }
    step("ppo", 0, 5);
    assertThat(released()).hasSize(1);
    state("ppo", 64, 0); // with a far larger one: all prompts that are left
    assertThat(released()).hasSize(11);
    state("ppo", 2, 5); // with an end that has been reached
    quiet();
    assertThat(released()).isEmpty();
  }

  @Test
  void noMoreIsOnItsWayThanTheBoundWhateverStepsHaveConsumed() {
    start(2, 1, 0, 0, 1);
    prompt("a", "x");
    quiet();
    assertThat(released()).hasSize(4);
    consume("ppo", 0, 1, 1); // two fewer than a batch were left of its records
    assertThat(released()).hasSize(1);
    consume("ppo", 0, 2, 3);
    assertThat(released()).hasSize(3);
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
  void requestsKeepTheConversationThatTheyAsk() {
    start(1, 0, 1);
    state("ppo", 2, 100);
    List<ChatMessage> messages = List.of(new ChatMessage("user", "Hi", null));
    Prompt prompt =
        Prompt.newBuilder()
            .setPromptId("a")
            .setText("rendered")
            .setMessages(messages)
            .setTemplateVariables("{}")
            .setSource("test")
            .setCreatedAt(Instant.EPOCH)
            .build();
    prompts.pipeInput("a", serdes.serializer().serialize(topics.prompts().name(), prompt));
    assertThat(requests.readValue())
        .returns(messages, RolloutRequest::getPromptMessages)
        .returns("{}", RolloutRequest::getPromptTemplateVariables);
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

  private void lose(String requestId, int samples) {
    lose(requestId, samples, "rule");
  }

  private void lose(String requestId, int samples, String kind) {
    letters.pipeInput(
        "rollouts",
        DeadLetter.newBuilder()
            .setTopic("rollouts")
            .setPartition(0)
            .setOffset(3)
            .setKey(ByteBuffer.wrap(requestId.getBytes(StandardCharsets.UTF_8)))
            .setStage("reward-service")
            .setReason("broken")
            .setKind(kind)
            .setLostRollouts(samples)
            .setRefusedAt(Instant.EPOCH)
            .build());
  }

  @Test
  void aLostSampleIsReleasedAgainAsAnother() {
    start(1, 0, 0, 0, 1);
    prompt("a", "x");
    quiet();
    assertThat(released()).containsExactly("a/0");
    lose("a/0", 1);
    assertThat(released()).containsExactly("a/1");
    lose("a/0", 1); // the same loss, said again
    assertThat(released()).isEmpty();
  }

  @Test
  void aPromptThatTaughtNothingRestsForSomeRounds() {
    restRounds = 2;
    start(1, 0, 0, 0, 1);
    prompt("a", "x");
    prompt("b", "y");
    quiet();
    assertThat(released()).containsExactly("a/0");
    lose("a/0", 1, "signal");
    assertThat(released()).containsExactly("b/0");
    for (int step = 1; step <= 4; step++) {
      step("ppo", 0, step);
    }
    assertThat(released()).containsExactly("b/1", "b/2", "a/3", "b/3");
    lose("a/3", 1); // for another reason
    step("ppo", 0, 5);
    assertThat(released()).containsExactly("a/4", "b/4");
  }

  @Test
  void ifAllPromptsRestTheNextIsTheFirstThatHasRested() {
    restRounds = 3;
    start(1, 0, 0, 0, 1);
    prompt("a/b", "an id may have slashes");
    quiet();
    assertThat(released()).containsExactly("a/b/0");
    lose("a/b/0", 1, "signal");
    assertThat(released()).containsExactly("a/b/4");
    lose("nobody", 1, "signal"); // a letter of somebody else
    lose("a/b/x", 1, "signal");
    assertThat(released()).hasSize(2);
  }

  @Test
  void withAResponseThoseAreLostThatAreLearnedFromTogetherWithIt() {
    start(0, 0, 4);
    stateGroups("grpo", 8, 4);
    prompt("a", "x");
    quiet();
    assertThat(released()).containsExactly("a/0", "a/1");
    lose("a/0", 1);
    assertThat(released()).containsExactly("a/2");
    lose("a/0", 1); // another response to the same request
    assertThat(released()).isEmpty();
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
  void theDeadLetterOfARecordAsLargeAsTheBrokerTakesFits() {
    start(4, 0, 0, 1, 1);
    prompts.pipeInput("x", new byte[(1 << 20) - 100]);
    DeadLetter letter = refused.readValue();
    assertThat(serdes.serializer().serialize(topics.deadLetters().name(), letter))
        .hasSizeLessThan((1 << 20) - 1000);
    assertThat(letter.getCut()).containsExactly("value");
    assertThat(letter.getOriginalValueBytes()).isEqualTo((1 << 20) - 100);
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
