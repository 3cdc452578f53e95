package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Invariant 2: a run that was stopped is, from its checkpoint on, the run that was not. */
@Tag("slow")
final class LearnerResumeTest {
  private static final int STEPS = 8;
  private static final int BATCH = 8;

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  @TempDir private Path directory;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  private KafkaConnection connection(String run, Map<String, String> more) {
    Map<String, String> settings = RunSettings.of(stack, directory, run);
    settings.put("model.policy", GoldenPairs.model("policy").toString());
    settings.put("model.reward", GoldenPairs.model("reward").toString());
    settings.put("learner.learning-rate", "1e-3");
    settings.put("learner.batch-size", String.valueOf(BATCH));
    settings.put("learner.max-steps", String.valueOf(STEPS));
    settings.put("learner.checkpoint-every", "3");
    settings.put("learner.schedule", "linear");
    settings.put("ppo.epochs", "2");
    settings.put("ppo.mini-batches", "2");
    settings.put("ppo.adaptive-kl-target", "1");
    settings.put("ppo.adaptive-kl-horizon", "100");
    settings.putAll(more);
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  /** The same records, refused ones among them, under the run's own topics. */
  private static void publish(KafkaConnection connection) {
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    SyntheticRollouts rollouts =
        new SyntheticRollouts(2048, connection.configuration().sampling().samples());
    String topic = connection.topics().scoredRollouts().name();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int i = 0; i < STEPS * BATCH + 3; i++) {
        ScoredRollout rollout = rollouts.next();
        if (i % 20 == 10) {
          rollout = ScoredRollout.newBuilder(rollout).setScore(Float.NaN).build();
        }
        producer.send(new ProducerRecord<>(topic, 0, "key", rollout));
      }
      for (int i = 0; i < 8 * BATCH; i++) {
        producer.send(new ProducerRecord<>(topic, 0, "key", rollouts.next()));
      }
      producer.flush();
    }
  }

  private Path whole(String run, Map<String, String> more) {
    KafkaConnection connection = connection(run, more);
    publish(connection);
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
      Path model = directory.resolve(run + "-model");
      learner.export(model, TensorType.F32);
      return model;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"separate", "head"})
  void aCrashedRunRepeatsItsStepsBitForBitAndPublishesNoneTwice(String valueModel)
      throws IOException {
    KafkaConnection connection = crashAndGoOn(valueModel, Map.of("ppo.value-model", valueModel));
    assertPublishedOnce(connection);
    assertThat(refused(connection)).containsExactly(10L, 30L, 50L);
  }

  @Test
  void soDoesOneThatNormalisesScores() throws IOException {
    KafkaConnection connection =
        crashAndGoOn("normalising", Map.of("learner.score-normalisation", "per-version"));
    assertPublishedOnce(connection);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpo", "dr-grpo", "rloo", "reinforce-plus-plus", "online-dpo"})
  void soDoesOneThatComparesResponses(String objective) throws IOException {
    KafkaConnection connection =
        crashAndGoOn(
            objective,
            Map.of(
                "learner.objective", objective,
                "sampling.samples", "4",
                "critic-free.epochs", "2",
                "critic-free.mini-batches", "2",
                "critic-free.beta", "0.02"));
    assertPublishedOnce(connection);
    assertThat(refused(connection)).contains(10L, 30L).doesNotHaveDuplicates();
  }

  private KafkaConnection crashAndGoOn(String run, Map<String, String> more) throws IOException {
    Path wholeModel = whole("whole-" + run, more);
    String name = "crashed-" + run;
    KafkaConnection connection = connection(name, more);
    publish(connection);
    assertThatThrownBy(
            () -> {
              try (LearnerRun learner =
                  LearnerRun.open(
                      connection,
                      report -> {
                        if (report.step() == 5) {
                          throw new CrashException();
                        }
                      })) {
                learner.run(() -> false);
              }
            })
        .isInstanceOf(CrashException.class);
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
      learner.export(directory.resolve(name + "-model"), TensorType.F32);
    }
    assertSame("whole-" + run, wholeModel, name);
    return connection;
  }

  @Test
  void aStoppedRunGoesOnFromTheStepItStoppedAt() throws IOException {
    Path wholeModel = whole("whole", Map.of());
    KafkaConnection connection = connection("stopped", Map.of());
    publish(connection);
    AtomicBoolean stop = new AtomicBoolean();
    try (LearnerRun learner = LearnerRun.open(connection, report -> stop.set(report.step() == 4))) {
      assertThat(learner.run(stop::get)).isFalse();
    }
    List<Long> later = new ArrayList<>();
    try (LearnerRun learner = LearnerRun.open(connection, report -> later.add(report.step()))) {
      assertThat(learner.run(() -> false)).isTrue();
      learner.export(directory.resolve("stopped-model"), TensorType.F32);
    }
    assertThat(later).containsExactly(5L, 6L, 7L, 8L);
    assertSame("whole", wholeModel, "stopped");
    assertPublishedOnce(connection);
    assertThat(refused(connection)).containsExactly(10L, 30L, 50L);
    assertThat(TopicEvents.of(connection, connection.topics().runs(), RunStatement.class))
        .as("what is stated at each start")
        .extracting(
            RunStatement::getObjective,
            RunStatement::getFirstVersion,
            RunStatement::getLearnsFromRollouts,
            RunStatement::getBatchSize,
            RunStatement::getMaxSteps)
        .containsExactly(
            tuple("ppo", new WeightVersion(0, 0L), true, BATCH, (long) STEPS),
            tuple("ppo", new WeightVersion(0, 4L), true, BATCH, (long) STEPS));
  }

  @Test
  void aCheckpointWhoseStepNeverLeftIsPassedOver() throws IOException {
    Path wholeModel = whole("whole-ahead", Map.of());
    KafkaConnection connection = stoppedAt("behind", 2);
    stoppedAt("ahead", 3);
    copyNewest(directory.resolve("ahead-ck"), directory.resolve("behind-ck"));
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
      learner.export(directory.resolve("behind-model"), TensorType.F32);
    }
    assertSame("whole-ahead", wholeModel, "behind");
    assertPublishedOnce(connection);
  }

  private KafkaConnection stoppedAt(String run, long step) {
    KafkaConnection connection = connection(run, Map.of());
    publish(connection);
    AtomicBoolean stop = new AtomicBoolean();
    try (LearnerRun learner =
        LearnerRun.open(connection, report -> stop.set(report.step() == step))) {
      assertThat(learner.run(stop::get)).isFalse();
    }
    return connection;
  }

  private static void copyNewest(Path from, Path to) throws IOException {
    Path newest;
    try (Stream<Path> folders = Files.list(from)) {
      newest = folders.max(Comparator.naturalOrder()).orElseThrow();
    }
    try (Stream<Path> files = Files.walk(newest)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private void assertSame(String whole, Path wholeModel, String other) throws IOException {
    assertThat(metrics(other)).isEqualTo(metrics(whole)).hasSize(STEPS);
    assertThat(directory.resolve(other + "-model").resolve("model.safetensors"))
        .hasSameBinaryContentAs(wholeModel.resolve("model.safetensors"));
  }

  private List<JsonNode> metrics(String run) throws IOException {
    return RunLines.of(directory.resolve(run).resolve("metrics.jsonl"));
  }

  private static void assertPublishedOnce(KafkaConnection connection) {
    List<Long> steps =
        TopicEvents.of(connection, connection.topics().trainingMetrics(), StepMetrics.class)
            .stream()
            .map(metrics -> metrics.getVersion().getStep())
            .toList();
    assertThat(steps).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    List<WeightVersion> versions =
        TopicEvents.of(connection, connection.topics().policyWeights(), WeightRecord.class).stream()
            .filter(record -> record.getBody() instanceof WeightCommit)
            .map(WeightRecord::getVersion)
            .toList();
    assertThat(versions).doesNotHaveDuplicates().contains(new WeightVersion(0, 8L));
  }

  private static List<Long> refused(KafkaConnection connection) {
    return TopicEvents.of(connection, connection.topics().deadLetters(), DeadLetter.class).stream()
        .map(DeadLetter::getOffset)
        .toList();
  }

  @Test
  void aRunWhoseCheckpointsAreGoneIsNotBegunAnew() throws IOException {
    KafkaConnection connection = connection("lost", Map.of("learner.max-steps", "2"));
    publish(connection);
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
    }
    KafkaConnection elsewhere =
        connection(
            "lost",
            Map.of("learner.checkpoint-directory", directory.resolve("elsewhere").toString()));
    try (LearnerRun learner = LearnerRun.open(elsewhere, report -> {})) {
      assertThatThrownBy(() -> learner.run(() -> false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("steps of this run up to 2")
          .hasMessageContaining("learner.checkpoint-directory");
    }
  }

  @Test
  void aRunThatRestedUntilTheBrokerForgotItsGroupPublishesNoneTwice()
      throws IOException, ExecutionException, InterruptedException {
    Path wholeModel = whole("whole-rested", Map.of());
    KafkaConnection connection = stoppedAt("rested", 4);
    try (Admin admin = connection.admin()) {
      String group = connection.configuration().connection().topicPrefix() + "learner-ppo";
      admin.deleteConsumerGroups(List.of(group)).all().get();
    }
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
      learner.export(directory.resolve("rested-model"), TensorType.F32);
    }
    assertSame("whole-rested", wholeModel, "rested");
    assertPublishedOnce(connection);
  }

  @Test
  void aRunWhoseTopicsWereMadeAnewIsNotGoneOnWith()
      throws ExecutionException, InterruptedException {
    KafkaConnection connection = stoppedAt("anew", 2);
    try (Admin admin = connection.admin()) {
      List<String> topics = connection.topics().all().stream().map(Topic::name).toList();
      admin.deleteTopics(topics).all().get();
      String group = connection.configuration().connection().topicPrefix() + "learner-ppo";
      admin.deleteConsumerGroups(List.of(group)).all().get();
      await().until(() -> admin.listTopics().names().get().stream().noneMatch(topics::contains));
    }
    publish(connection);
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThatThrownBy(() -> learner.run(() -> false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("is of step 2, but the log knows nothing of")
          .hasMessageContaining("learner.checkpoint-directory");
    }
  }
}
