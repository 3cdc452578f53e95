package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A reward model that follows preferences as they come and is judged by some of them. */
@Tag("slow")
final class LiveRewardTest {
  private static final int STEPS = 14;

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

  private KafkaConnection connection(String run) {
    Map<String, String> settings = RunSettings.of(stack, directory, run);
    settings.put("model.reward", GoldenPairs.model("policy").toString());
    settings.put("range.until", "never");
    settings.put("live.held-out-share", "0.25");
    settings.put("live.held-out-rows", "8");
    settings.put("live.guard-rows", "2");
    settings.put("live.replay-rows", "20");
    settings.put("learner.objective", "reward");
    settings.put("learner.learning-rate", "1e-2");
    settings.put("learner.batch-size", "6");
    settings.put("learner.max-steps", String.valueOf(STEPS));
    settings.put("learner.checkpoint-every", "4");
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  /** Pairs of which some are taken back later, and one comes again after that. */
  private KafkaConnection published(String run) throws IOException {
    KafkaConnection connection = connection(run);
    List<Preference> log = new ArrayList<>();
    for (Preference pair : GoldenPairs.of(100)) {
      log.add(pair);
    }
    for (int taken : new int[] {3, 30, 55}) {
      log.add(60, withdrawn(log.get(taken)));
    }
    log.add(log.get(30));
    GoldenPairs.publish(connection, log);
    return connection;
  }

  private static Preference withdrawn(Preference pair) {
    return Preference.newBuilder(pair).setWithdrawn(true).build();
  }

  private boolean runs(KafkaConnection connection, String run, long crashAt) {
    try (LearnerRun learner =
        LearnerRun.open(
            connection,
            report -> {
              if (report.step() == crashAt) {
                throw new CrashException();
              }
            })) {
      boolean ended = learner.run(() -> false);
      learner.export(directory.resolve(run + "-model"), TensorType.F32);
      return ended;
    }
  }

  private List<JsonNode> metrics(String run) throws IOException {
    return RunLines.of(directory.resolve(run).resolve("metrics.jsonl"));
  }

  @Test
  void aCrashedRunLearnsJudgesAndWithholdsTheSame() throws IOException {
    assertThat(runs(published("whole"), "whole", -1)).isTrue();
    List<JsonNode> whole = metrics("whole");
    assertThat(whole).hasSize(STEPS);
    assertThat(whole)
        .extracting(line -> line.path("people/withheld").asDouble())
        .as("some go out and some do not, or this shows nothing")
        .contains(0.0, 1.0);

    KafkaConnection crashed = published("crashed");
    for (long step : new long[] {3, 6, 11}) {
      assertThatThrownBy(() -> runs(crashed, "crashed", step)).isInstanceOf(CrashException.class);
    }
    assertThat(runs(crashed, "crashed", -1)).isTrue();
    assertThat(metrics("crashed")).isEqualTo(whole);
    assertThat(directory.resolve("crashed-model/model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("whole-model/model.safetensors"));

    List<StepMetrics> steps =
        TopicEvents.of(crashed, crashed.topics().trainingMetrics(), StepMetrics.class);
    assertThat(steps).extracting(step -> step.getVersion().getStep()).hasSize(STEPS);
    assertThat(steps).extracting(step -> step.getVersion().getStep()).doesNotHaveDuplicates();
    List<Long> out =
        TopicEvents.of(crashed, crashed.topics().rewardWeights(), WeightRecord.class).stream()
            .filter(record -> record.getBody() instanceof WeightCommit)
            .map(record -> record.getVersion().getStep())
            .toList();
    assertThat(out.get(out.size() - 1))
        .isEqualTo(whole.get(STEPS - 1).path("people/published_step").asLong());
    assertThat(out)
        .doesNotContainAnyElementsOf(
            whole.stream()
                .filter(line -> line.path("people/withheld").asDouble() > 0)
                .map(line -> line.path("step").asLong())
                .toList());
  }

  @Test
  void whatJudgesIsNeverLearnedAndWhatIsTakenBackOnlyWhenItComesAgain() throws IOException {
    KafkaConnection connection = published("judged");
    assertThat(runs(connection, "judged", -1)).isTrue();
    Set<String> learned = new HashSet<>();
    Set<String> judging = new HashSet<>();
    for (StepMetrics step :
        TopicEvents.of(connection, connection.topics().trainingMetrics(), StepMetrics.class)) {
      learned.addAll(step.getRolloutIds());
      judging.addAll(step.getHeldOutIds());
    }
    assertThat(judging).hasSizeGreaterThan(8).doesNotContainAnyElementsOf(learned);
    assertThat(learned).doesNotContain("pair-3", "pair-55").doesNotContainAnyElementsOf(judging);
    for (JsonNode line : metrics("judged")) {
      assertThat(line.path("people/held_out").asInt()).isBetween(0, 8);
    }
  }
}
