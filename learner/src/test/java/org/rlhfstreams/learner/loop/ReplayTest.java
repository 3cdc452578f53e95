package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.weights.WeightGenerations;

/** What was learned from a log can be learned again, and the first run does not notice. */
@Tag("slow")
final class ReplayTest {
  private static final int STEPS = 4;
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

  private KafkaConnection connection(String output, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connection.bootstrap-servers", stack.bootstrapServers());
    settings.put("admission.staleness", "1000"); // synthetic rollouts are all of the first version
    settings.put("connection.schema-registry-url", stack.schemaRegistryUrl());
    settings.put("model.policy", GoldenPairs.model("policy").toString());
    settings.put("model.reward", GoldenPairs.model("reward").toString());
    settings.put("learner.learning-rate", "1e-3");
    settings.put("learner.batch-size", String.valueOf(BATCH));
    settings.put("learner.checkpoint-every", "2");
    settings.put("ppo.epochs", "2");
    settings.put("learner.output", directory.resolve(output).toString());
    settings.put("learner.checkpoint-directory", checkpoints(output).toString());
    settings.putAll(more);
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  private Path checkpoints(String output) {
    return directory.resolve(output).resolve("checkpoints");
  }

  /** Rollouts for the steps, one of them without a score, and some that came later. */
  private static void publish(KafkaConnection connection) {
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    SyntheticRollouts rollouts = new SyntheticRollouts(2048, 1);
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int i = 0; i < STEPS * BATCH + 1 + BATCH; i++) {
        ScoredRollout rollout = rollouts.next();
        if (i == 10) {
          rollout = ScoredRollout.newBuilder(rollout).setScore(Float.NaN).build();
        }
        producer.send(
            new ProducerRecord<>(connection.topics().scoredRollouts().name(), 0, "key", rollout));
      }
      producer.flush();
    }
  }

  private static long end(KafkaConnection connection, String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      return consumer.endOffsets(List.of(partition)).get(partition);
    }
  }

  private static OffsetAndMetadata committed(KafkaConnection connection) {
    TopicPartition partition = new TopicPartition(connection.topics().scoredRollouts().name(), 0);
    try (KafkaConsumer<String, byte[]> consumer =
        connection.groupConsumer("learner-ppo", "reader", 1)) {
      return consumer.committed(Set.of(partition)).get(partition);
    }
  }

  private static Map<String, FileTime> files(Path root) throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        times.put(file.toString(), Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  @Test
  void aRecordedRangeGivesTheSameWeightsInAGenerationOfItsOwn() throws IOException {
    KafkaConnection original =
        connection("original", Map.of("learner.max-steps", String.valueOf(STEPS)));
    publish(original);
    try (LearnerRun run = LearnerRun.open(original, report -> {})) {
      assertThat(run.run(() -> false)).isTrue();
      run.export(directory.resolve("original-model"), TensorType.F32);
    }
    String rollouts = original.topics().scoredRollouts().name();
    long recorded = end(original, rollouts);
    OffsetAndMetadata committed = committed(original);
    Map<String, FileTime> checkpoints = files(checkpoints("original"));

    // One record of the range is refused; the rollouts after it do not belong to the range.
    Map<String, String> range =
        Map.of("range.from", "offset:0", "range.until", "offset:" + (STEPS * BATCH + 1));
    AtomicBoolean stop = new AtomicBoolean();
    KafkaConnection replay = connection("replay", range);
    try (LearnerRun run = LearnerRun.replay(replay, report -> stop.set(report.step() == 3))) {
      assertThat(run.run(stop::get)).isFalse();
    }
    assertThat(newestGeneration(replay)).hasValue(1);
    try (LearnerRun run = LearnerRun.replay(replay, report -> {})) {
      assertThat(run.run(() -> false)).isTrue();
      run.export(directory.resolve("replay-model"), TensorType.F32);
    }

    assertThat(directory.resolve("replay-model").resolve("model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("original-model").resolve("model.safetensors"));
    assertThat(newestGeneration(replay)).hasValue(1);
    assertThat(end(original, rollouts)).isEqualTo(recorded);
    assertThat(committed(original)).isEqualTo(committed);
    assertThat(files(checkpoints("original"))).isEqualTo(checkpoints);

    try (LearnerRun run = LearnerRun.replay(connection("second", range), report -> {})) {
      assertThat(run.run(() -> false)).isTrue();
    }
    assertThat(newestGeneration(replay)).hasValue(2);
    assertThat(TopicEvents.of(replay, replay.topics().runs(), RunStatement.class))
        .as("no rollouts are sampled for a replay")
        .extracting(RunStatement::getObjective, RunStatement::getLearnsFromRollouts)
        .containsExactly(
            tuple("ppo", true),
            tuple("ppo-replay", false),
            tuple("ppo-replay", false),
            tuple("ppo-replay", false));
    assertThatThrownBy(() -> LearnerRun.replay(connection("original", range), report -> {}))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("checkpoints of a first run");
  }

  private static OptionalInt newestGeneration(KafkaConnection connection) {
    return WeightGenerations.of(connection, connection.topics().policyWeights()).newest();
  }
}
