package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Evaluation;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Evaluations by others choose the best checkpoint and end a run, and change nothing learned. */
@Tag("slow")
final class EvaluatedRunTest {
  private static final int STEPS = 6;
  private static final int BATCH = 8;
  private static final int MANY_STEPS = 60;

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
    settings.put("learner.objective", "grpo");
    settings.put("sampling.samples", "4");
    settings.put("learner.learning-rate", "1e-3");
    settings.put("learner.batch-size", String.valueOf(BATCH));
    settings.put("learner.max-steps", String.valueOf(STEPS));
    settings.put("learner.checkpoint-every", "3");
    settings.putAll(more);
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  /** Rollouts to learn from, and what versions earn. */
  private static void publish(KafkaConnection connection, int steps, Map<Long, Float> earned) {
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    SyntheticRollouts rollouts = new SyntheticRollouts(2048, 4);
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int i = 0; i < (steps + 4) * BATCH; i++) {
        producer.send(
            new ProducerRecord<>(
                connection.topics().scoredRollouts().name(), 0, "key", rollouts.next()));
      }
      producer.flush();
    }
    evaluate(connection, earned);
  }

  private static void evaluate(KafkaConnection connection, Map<Long, Float> earned) {
    SyntheticRollouts rollouts = new SyntheticRollouts(2048, 1);
    String topic = connection.topics().scoredEvaluations().name();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      earned.forEach(
          (step, score) ->
              producer.send(
                  new ProducerRecord<>(topic, 0, "key", evaluation(rollouts.next(), step, score))));
      producer.flush();
    }
  }

  private static ScoredRollout evaluation(ScoredRollout scored, long step, float score) {
    WeightVersion version = new WeightVersion(0, step);
    Rollout rollout =
        Rollout.newBuilder(scored.getRollout())
            .setRequestId("q/evaluation/0." + step)
            .setRolloutId("q/evaluation/0." + step + "/0")
            .setEvaluation(new Evaluation(version, 1))
            .setSegments(
                List.of(
                    new VersionSegment(
                        version, 0, scored.getRollout().getResponseTokenIds().size())))
            .build();
    return ScoredRollout.newBuilder(scored).setRollout(rollout).setScore(score).build();
  }

  private List<JsonNode> lines(String run) throws IOException {
    return RunLines.of(directory.resolve(run).resolve("metrics.jsonl"));
  }

  private List<String> evaluated(String run) throws IOException {
    List<String> evaluated = new ArrayList<>();
    for (JsonNode line : lines(run)) {
      if (line.has("evaluation/step")) {
        evaluated.add(
            line.get("evaluation/step").asLong() + ": " + line.get("evaluation/reward").asDouble());
      }
    }
    return evaluated;
  }

  private Path model(LearnerRun learner, String name) {
    Path model = directory.resolve(name);
    learner.export(model, TensorType.F32);
    return model.resolve("model.safetensors");
  }

  @Test
  void theBestCheckpointStaysAndACrashChangesNothing() throws IOException {
    KafkaConnection plain = connection("plain", Map.of());
    publish(plain, STEPS, Map.of());
    Path plainModel;
    Path plainAtTwo;
    try (LearnerRun learner = LearnerRun.open(plain, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
      plainModel = model(learner, "plain-model");
    }
    KafkaConnection two = connection("two", Map.of("learner.max-steps", "2"));
    publish(two, STEPS, Map.of());
    try (LearnerRun learner = LearnerRun.open(two, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
      plainAtTwo = model(learner, "two-model");
    }

    KafkaConnection connection = connection("evaluated", Map.of("learner.evaluate-every", "2"));
    publish(connection, STEPS, Map.of(0L, 0.25f, 2L, 0.75f, 4L, 0.5f, 6L, 0.625f));
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
      assertThat(model(learner, "model")).hasSameBinaryContentAs(plainModel);
      assertThat(learner.exportBest(directory.resolve("best"), TensorType.F32))
          .hasValue(new BestStep(2, 0.75));
    }
    assertThat(directory.resolve("best").resolve("model.safetensors"))
        .hasSameBinaryContentAs(plainAtTwo);
    assertThat(evaluated("evaluated"))
        .containsExactlyInAnyOrder("0: 0.25", "2: 0.75", "4: 0.5", "6: 0.625");
    List<JsonNode> learned =
        lines("evaluated").stream().map(EvaluatedRunTest::withoutEvaluation).toList();
    assertThat(learned).isEqualTo(lines("plain"));
    assertThat(TopicEvents.of(connection, connection.topics().runs(), RunStatement.class))
        .extracting(RunStatement::getEvaluateEvery)
        .containsOnly(2);
  }

  private static JsonNode withoutEvaluation(JsonNode line) {
    ObjectNode rest = (ObjectNode) line;
    rest.remove(
        List.of(
            "evaluation/step",
            "evaluation/reward",
            "evaluation/count",
            "evaluation/scores/reward-model"));
    return rest;
  }

  @Test
  void aRunThatNoLongerGetsBetterEndsAndStaysAtItsEnd() throws IOException {
    KafkaConnection connection =
        connection(
            "early",
            Map.of(
                "learner.max-steps", String.valueOf(MANY_STEPS),
                "learner.evaluate-every", "1",
                "learner.early-stop-patience", "2",
                "learner.evaluation-patience", "1s"));
    publish(connection, MANY_STEPS, Map.of(0L, 0.5f));
    Map<Long, Float> earned = Map.of(1L, 0.75f, 2L, 0.5f, 3L, 0.25f);
    List<Long> steps = new ArrayList<>();
    try (LearnerRun learner =
        LearnerRun.open(
            connection,
            report -> {
              steps.add(report.step());
              if (earned.containsKey(report.step())) {
                evaluate(connection, Map.of(report.step(), earned.get(report.step())));
              }
            })) {
      assertThat(learner.run(() -> false)).isTrue();
      assertThat(learner.evaluations().endsTheRun()).isTrue();
      assertThat(learner.exportBest(directory.resolve("early-best"), TensorType.F32))
          .hasValue(new BestStep(1, 0.75));
    }
    assertThat(steps).hasSizeBetween(3, MANY_STEPS - 1);
    List<String> evaluated = evaluated("early");
    assertThat(evaluated).containsExactlyInAnyOrder("0: 0.5", "1: 0.75", "2: 0.5", "3: 0.25");
    try (LearnerRun learner =
        LearnerRun.open(
            connection,
            report -> {
              throw new AssertionError("it had ended");
            })) {
      assertThat(learner.run(() -> false)).isTrue();
    }
    assertThat(evaluated("early")).as("nothing is reported again").isEqualTo(evaluated);
  }
}
