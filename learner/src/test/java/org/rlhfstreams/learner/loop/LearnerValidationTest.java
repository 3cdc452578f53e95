package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Runs on preferences that are evaluated while they learn, and runs whose numbers overflow. */
@Tag("slow")
final class LearnerValidationTest {
  private static final int PAIRS = 40;
  private static final int STEPS = 12;
  private static final int HEAVY = 17;

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
    settings.put("model.reference", GoldenPairs.model("reference").toString());
    settings.put("learner.objective", "dpo");
    settings.put("learner.learning-rate", "1e-2");
    settings.put("learner.batch-size", "4");
    settings.put("learner.max-steps", String.valueOf(STEPS));
    settings.put("learner.checkpoint-every", "3");
    settings.putAll(more);
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  /** Golden pairs, one with the given weight. */
  private static KafkaConnection publish(KafkaConnection connection, float weight)
      throws IOException {
    List<Preference> pairs = GoldenPairs.of(PAIRS);
    pairs.set(HEAVY, Preference.newBuilder(pairs.get(HEAVY)).setWeight(weight).build());
    GoldenPairs.publish(connection, pairs);
    return connection;
  }

  /** Runs it to its end, or to a step that it does not survive. */
  private static boolean crashesAt(KafkaConnection connection, long step) {
    try (LearnerRun learner =
        LearnerRun.open(
            connection,
            report -> {
              if (report.step() == step) {
                throw new CrashException();
              }
            })) {
      learner.run(() -> false);
      return false;
    } catch (CrashException e) {
      return true;
    }
  }

  private BestStep finish(KafkaConnection connection, String run) {
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
      learner.export(directory.resolve(run + "-model"), TensorType.F32);
      return learner.exportBest(directory.resolve(run + "-best"), TensorType.F32).orElseThrow();
    }
  }

  private List<JsonNode> lines(String run, String file) throws IOException {
    return RunLines.of(directory.resolve(run).resolve(file));
  }

  private Path weights(String model) {
    return directory.resolve(model).resolve("model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dpo", "kto"})
  void aCrashedRunFindsTheSameBestStep(String objective) throws IOException {
    Map<String, String> settings =
        Map.of(
            "learner.objective", objective,
            "learner.evaluate-every", "2",
            "learner.validation-share", "0.2");
    String whole = "whole-" + objective;
    BestStep best = finish(publish(connection(whole, settings), 1), whole);
    String crashed = "crashed-" + objective;
    KafkaConnection connection = publish(connection(crashed, settings), 1);
    for (long step : new long[] {5, 8}) {
      assertThat(crashesAt(connection, step)).isTrue();
    }
    assertThat(finish(connection, crashed)).isEqualTo(best);
    assertThat(lines(crashed, "metrics.jsonl"))
        .isEqualTo(lines(whole, "metrics.jsonl"))
        .hasSize(STEPS);
    assertThat(weights(crashed + "-model")).hasSameBinaryContentAs(weights(whole + "-model"));
    assertThat(weights(crashed + "-best")).hasSameBinaryContentAs(weights(whole + "-best"));
  }

  @Test
  void theBestModelIsThatOfItsStepAndTheFiguresAreInTheMetrics() throws IOException {
    Map<String, String> settings =
        Map.of("learner.evaluate-every", "2", "learner.validation-share", "0.2");
    BestStep best = finish(publish(connection("long", settings), 1), "long");
    assertThat(best.step()).as("not the last one, or this shows nothing").isLessThan(STEPS);
    Map<String, String> shorter = new HashMap<>(settings);
    shorter.put("learner.max-steps", String.valueOf(best.step()));
    finish(publish(connection("short", shorter), 1), "short");
    assertThat(weights("long-best")).hasSameBinaryContentAs(weights("short-model"));
    double least = Double.POSITIVE_INFINITY;
    for (JsonNode line : lines("long", "metrics.jsonl")) {
      assertThat(line.has("validation/loss")).isEqualTo(line.path("step").asLong() % 2 == 0);
      assertThat(line.has("validation/rewards/accuracies")).isEqualTo(line.has("validation/loss"));
      least = Math.min(least, line.path("validation/loss").asDouble(Double.POSITIVE_INFINITY));
    }
    assertThat(best.figure()).isEqualTo(least);
  }

  @Test
  void heldOutRowsAreNotLearnedFrom() throws IOException {
    KafkaConnection connection =
        publish(
            connection(
                "held-out",
                Map.of(
                    "learner.validation-share", "0.2",
                    "learner.epochs", "1",
                    "learner.max-steps", "0")),
            1);
    assertThat(crashesAt(connection, STEPS + 1)).isFalse();
    assertThat(lines("held-out", "metrics.jsonl")).hasSizeBetween(6, 9);
  }

  @Test
  void aRunThatGetsNoBetterEndsEarlyAndStaysEnded() throws IOException {
    Map<String, String> settings =
        Map.of(
            "learner.evaluate-every", "2",
            "learner.validation-share", "0.2",
            "learner.early-stop-patience", "2",
            "learner.learning-rate", "0");
    KafkaConnection connection = publish(connection("early", settings), 1);
    assertThat(finish(connection, "early").step()).isEqualTo(2);
    assertThat(lines("early", "metrics.jsonl")).hasSize(6);
    assertThat(finish(connection, "early").step()).isEqualTo(2);
    assertThat(lines("early", "metrics.jsonl")).hasSize(6);
  }

  @Test
  void aStepThatOverflowsIsWrittenAsideOnceAndTheRunGoesOn() throws IOException {
    KafkaConnection connection = publish(connection("goes-on", Map.of()), 3e38f);
    List<JsonNode> undisturbed;
    try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
      assertThat(learner.run(() -> false)).isTrue();
      undisturbed = lines("goes-on", "skipped-steps.jsonl");
    }
    assertThat(undisturbed).isNotEmpty();
    JsonNode skipped = undisturbed.get(0);
    assertThat(skipped.path("position").path("index").isNumber()).isTrue();
    Optional<JsonNode> heavy = Optional.empty();
    for (JsonNode row : skipped.path("rows")) {
      assertThat(row.path("sequences")).hasSize(2);
      assertThat(row.path("sequences").get(0).path("token-ids")).isNotEmpty();
      if (row.path("id").asText().equals("pair-" + HEAVY)) {
        heavy = Optional.of(row);
      }
    }
    assertThat(heavy).isPresent();
    assertThat(lines("goes-on", "metrics.jsonl")).hasSize(STEPS);

    KafkaConnection again = publish(connection("crashes-behind", Map.of()), 3e38f);
    assertThat(crashesAt(again, Math.min(STEPS, skipped.path("step").asLong() + 1))).isTrue();
    assertThat(crashesAt(again, STEPS + 1)).isFalse();
    assertThat(lines("crashes-behind", "skipped-steps.jsonl")).isEqualTo(undisturbed);
    assertThat(lines("crashes-behind", "metrics.jsonl"))
        .isEqualTo(lines("goes-on", "metrics.jsonl"));
  }

  @Test
  void orItStopsThereWithTheRowsAndTheWayOut() throws IOException {
    KafkaConnection connection =
        publish(connection("stops", Map.of("learner.on-non-finite", "stop")), 3e38f);
    assertThatThrownBy(() -> crashesAt(connection, STEPS + 1))
        .isInstanceOf(NonFiniteStepException.class)
        .hasMessageContaining("pair-" + HEAVY)
        .hasMessageContaining(directory.resolve("stops").resolve("skipped-steps.jsonl").toString())
        .hasMessageContaining("learner.on-non-finite = continue");
    long stopped = lines("stops", "skipped-steps.jsonl").get(0).path("step").asLong();
    assertThat(lines("stops", "metrics.jsonl")).hasSize((int) stopped - 1);
    KafkaConnection goingOn = connection("stops", Map.of("learner.on-non-finite", "continue"));
    assertThat(crashesAt(goingOn, STEPS + 1)).isFalse();
    assertThat(lines("stops", "metrics.jsonl")).hasSize(STEPS);
  }
}
