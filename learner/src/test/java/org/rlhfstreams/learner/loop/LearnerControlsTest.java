package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** What people ask of a learner that runs. */
@Tag("slow")
final class LearnerControlsTest {
  private static final int BATCH = 8;

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  @TempDir private Path directory;
  private final SyntheticRollouts rollouts = new SyntheticRollouts(2048, 1);
  private int commands;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  private KafkaConnection connection(String run) {
    Map<String, String> settings = RunSettings.of(stack, directory, run);
    settings.put("model.policy", GoldenPairs.model("policy").toString());
    settings.put("model.reward", GoldenPairs.model("reward").toString());
    settings.put("learner.learning-rate", "1e-3");
    settings.put("learner.batch-size", String.valueOf(BATCH));
    settings.put("learner.checkpoint-every", "3");
    KafkaConnection connection = new KafkaConnection(RlhfConfiguration.of(settings));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    return connection;
  }

  private void publishBatches(KafkaConnection connection, int batches) {
    String topic = connection.topics().scoredRollouts().name();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int i = 0; i < batches * BATCH; i++) {
        producer.send(new ProducerRecord<>(topic, 0, "key", rollouts.next()));
      }
      producer.flush();
    }
  }

  private ControlCommand command(ControlAction action, Long step) {
    return ControlCommand.newBuilder()
        .setCommandId("command-" + commands++)
        .setAction(action)
        .setStep(step)
        .setRequestedBy("ann")
        .setRequestedAt(Instant.EPOCH)
        .build();
  }

  private static void send(KafkaConnection connection, ControlCommand command) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(
          new ProducerRecord<>(
              connection.topics().controls().name(), 0, command.getCommandId(), command));
      producer.flush();
    }
  }

  /** Runs until a step is done. */
  private static void runTo(KafkaConnection connection, long step) {
    long[] done = {-1};
    try (LearnerRun learner =
        LearnerRun.open(connection, report -> done[0] = Math.max(done[0], report.step()))) {
      assertThat(learner.run(() -> done[0] >= step)).isFalse();
    }
  }

  /** Runs, with nothing to learn from, until something is there. */
  private static void runUntil(KafkaConnection connection, BooleanSupplier there) {
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThat(learner.run(there)).isFalse();
    }
  }

  private Path checkpoint(String run, int step) {
    return directory.resolve(String.format(Locale.ROOT, "%s-ck/step-%08d", run, step));
  }

  private static List<WeightVersion> published(KafkaConnection connection) {
    return TopicEvents.of(connection, connection.topics().policyWeights(), WeightRecord.class)
        .stream()
        .filter(record -> record.getBody() instanceof WeightCommit)
        .map(WeightRecord::getVersion)
        .toList();
  }

  @Test
  void aCheckpointIsWrittenWhenItIsAskedForThoughNothingIsLearned() {
    KafkaConnection connection = connection("asked");
    publishBatches(connection, 2);
    List<Long> steps = new ArrayList<>();
    try (LearnerRun learner = LearnerRun.open(connection, report -> steps.add(report.step()))) {
      boolean[] asked = {false};
      assertThat(
              learner.run(
                  () -> {
                    if (steps.size() == 2 && !asked[0]) {
                      assertThat(Files.exists(checkpoint("asked", 2))).isFalse();
                      send(connection, command(ControlAction.CHECKPOINT, null));
                      asked[0] = true;
                    }
                    return Files.exists(checkpoint("asked", 2));
                  }))
          .isFalse();
    }
    assertThat(steps).containsExactly(1L, 2L);
  }

  @Test
  void aRollbackIsANewGenerationOnceAndTheRunGoesOnFromIt() throws Exception {
    KafkaConnection connection = connection("rolled");
    publishBatches(connection, 6);
    runTo(connection, 6);
    byte[] third = Files.readAllBytes(checkpoint("rolled", 3).resolve("model/model.safetensors"));
    ControlCommand command = command(ControlAction.ROLL_BACK, 3L);
    send(connection, command);
    WeightVersion rolledBack = new WeightVersion(1, 6L);
    runUntil(connection, () -> published(connection).contains(rolledBack));
    assertThat(checkpoint("rolled", 6).resolve("model/model.safetensors")).hasBinaryContent(third);

    send(connection, command); // the same once more
    publishBatches(connection, 1);
    runTo(connection, 7);
    assertThat(published(connection))
        .endsWith(rolledBack, new WeightVersion(1, 7L))
        .doesNotHaveDuplicates();
    List<StepMetrics> steps =
        TopicEvents.of(connection, connection.topics().trainingMetrics(), StepMetrics.class);
    assertThat(steps)
        .extracting(step -> step.getVersion().getStep())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(steps.get(6).getVersion().getGeneration()).isEqualTo(1);
    assertThat(steps.stream().flatMap(step -> step.getRolloutIds().stream()))
        .as("what was read stays read")
        .doesNotHaveDuplicates();
    assertThat(steps.get(6).getValues().get("staleness/max")).isEqualTo(6.0);
  }

  @Test
  void aRollbackThatNamesNoStepGoesToTheNewestCheckpoint() throws Exception {
    KafkaConnection connection = connection("newest");
    publishBatches(connection, 4);
    runTo(connection, 4);
    byte[] newest = Files.readAllBytes(checkpoint("newest", 4).resolve("model/model.safetensors"));
    send(connection, command(ControlAction.ROLL_BACK, null));
    runUntil(connection, () -> published(connection).contains(new WeightVersion(1, 4L)));
    assertThat(checkpoint("newest", 4).resolve("model/model.safetensors")).hasBinaryContent(newest);
  }

  @Test
  void anImpossibleRollbackIsRefusedOnceAndChangesNothing() {
    KafkaConnection connection = connection("refused");
    publishBatches(connection, 3);
    runTo(connection, 3);
    send(connection, command(ControlAction.ROLL_BACK, 99L));
    send(connection, command(ControlAction.PAUSE_ADMISSION, null));
    runUntil(connection, () -> !refused(connection).isEmpty());
    publishBatches(connection, 1);
    runTo(connection, 4);
    assertThat(refused(connection))
        .singleElement()
        .satisfies(
            letter ->
                assertThat(letter.getReason())
                    .contains("no checkpoint of step 99")
                    .contains("those of [0, 3] are kept"));
    assertThat(published(connection)).allMatch(version -> version.getGeneration() == 0);
  }

  private static List<DeadLetter> refused(KafkaConnection connection) {
    return TopicEvents.of(connection, connection.topics().deadLetters(), DeadLetter.class);
  }
}
