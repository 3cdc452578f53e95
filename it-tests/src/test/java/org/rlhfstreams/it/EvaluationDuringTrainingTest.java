package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;

/**
 * A run that learns from rules puts each second version of its policy to held-out prompts: each is
 * sampled with exactly that version and scored by the same scorers, and nobody learns from it.
 */
final class EvaluationDuringTrainingTest {
  private static final int STEPS = 5;
  private static final int HELD_OUT = 6;
  private static final List<Long> EVALUATED = List.of(0L, 2L, 4L, 5L);

  @TempDir private Path directory;

  private Path prompts(String file, int count, String name) throws IOException {
    return Files.write(
        directory.resolve(file),
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    String.format(
                        Locale.ROOT,
                        "{\"prompt\": \"Once upon a time, there was a %s. It was %s number"
                            + " %d.\", \"word\": \"the\"}",
                        name,
                        name,
                        i))
            .toList());
  }

  @Test
  void versionsAreMeasuredOnPromptsThatNobodyLearnsFrom() throws Exception {
    Path rewards = directory.resolve("rewards.yaml");
    Files.writeString(
        rewards,
        """
        rewards:
          - name: right
            scorer: contains
            settings: {field: word}
          - name: words
            scorer: length
            weight: 0
            settings: {mode: count, unit: words}
        """);
    Path output = directory.resolve("run");
    String told;
    try (RlhfProcess train =
        RlhfProcess.start(
            directory,
            "train",
            "grpo",
            "--config",
            rewards.toString(),
            "--model",
            Repository.root().resolve("models").resolve("starter").toAbsolutePath().toString(),
            "--data",
            prompts("train.jsonl", 40, "dog").toString(),
            "--evaluation-prompts",
            prompts("held-out.jsonl", HELD_OUT, "cat").toString(),
            "--metadata",
            "word",
            "--output",
            output.toString(),
            "--evaluate-every",
            "2",
            "--samples",
            "4",
            "--batch-size",
            "16",
            "--max-steps",
            String.valueOf(STEPS),
            "--sampling.max-new-tokens",
            "12")) {
      assertThat(train.awaitExit()).as(train.output()).isZero();
      told = train.output();
    }
    try (EmbeddedStack stack = EmbeddedStack.start(output.resolve("log"), 0, 0)) {
      Log log = new Log(stack.bootstrapServers(), stack.schemaRegistryUrl());
      List<Rollout> answers = requireSampledByTheirVersion(log);
      requireNobodyLearns(log, answers);
      Map<Long, Double> earned = requireCurve(log, output);
      requireBest(told, output, earned);
      requireBalance(stack, answers);
      requireTrace(stack, answers.get(0));
    }
  }

  private static List<Rollout> requireSampledByTheirVersion(Log log) {
    assertThat(log.read(log.topics().evaluationRequests(), RolloutRequest.class))
        .hasSize(EVALUATED.size() * HELD_OUT)
        .extracting(RolloutRequest::getRequestId)
        .doesNotHaveDuplicates();
    List<Rollout> answers =
        log.read(log.topics().rollouts(), Rollout.class).stream()
            .filter(rollout -> rollout.getEvaluation() != null)
            .toList();
    assertThat(answers)
        .extracting(Rollout::getRolloutId)
        .doesNotHaveDuplicates()
        .hasSize(EVALUATED.size() * HELD_OUT);
    for (Rollout answer : answers) {
      assertThat(answer.getPromptText()).contains("cat number");
      assertThat(answer.getEvaluation().getResponses()).isEqualTo(HELD_OUT);
      assertThat(answer.getSegments())
          .extracting(VersionSegment::getVersion)
          .containsExactly(answer.getEvaluation().getVersion());
    }
    for (long step : EVALUATED) {
      assertThat(answers)
          .filteredOn(answer -> answer.getEvaluation().getVersion().getStep() == step)
          .hasSize(HELD_OUT);
    }
    return answers;
  }

  private static void requireNobodyLearns(Log log, List<Rollout> answers) {
    List<String> ids = answers.stream().map(Rollout::getRolloutId).toList();
    assertThat(log.read(log.topics().scoredRollouts(), ScoredRollout.class))
        .isNotEmpty()
        .allSatisfy(
            scored -> {
              assertThat(scored.getRollout().getEvaluation()).isNull();
              assertThat(scored.getRollout().getPromptText()).contains("dog number");
            });
    assertThat(log.read(log.topics().trainingMetrics(), StepMetrics.class))
        .hasSize(STEPS)
        .allSatisfy(
            step -> {
              assertThat(step.getRolloutIds()).hasSize(16).doesNotContainAnyElementsOf(ids);
            });
    assertThat(log.read(log.topics().deadLetters(), DeadLetter.class)).isEmpty();
  }

  /** What each version has earned, by step; the metrics say the same. */
  private static Map<Long, Double> requireCurve(Log log, Path output) throws IOException {
    Map<Long, Double> earned = new TreeMap<>();
    log.read(log.topics().scoredEvaluations(), ScoredRollout.class).stream()
        .collect(Collectors.groupingBy(EvaluationDuringTrainingTest::version))
        .forEach(
            (version, scored) -> {
              assertThat(scored).hasSize(HELD_OUT);
              earned.put(
                  version.getStep(),
                  scored.stream()
                      .mapToDouble(one -> one.getScores().get("right").getValue())
                      .average()
                      .orElseThrow());
            });
    assertThat(earned.keySet()).containsExactlyElementsOf(EVALUATED);
    Map<Long, Double> reported = new TreeMap<>();
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
      JsonNode row = new ObjectMapper().readTree(line);
      rows.add(row);
      if (row.has("evaluation/step")) {
        assertThat(row.get("evaluation/count").asInt()).isEqualTo(HELD_OUT);
        assertThat(row.get("evaluation/reward").asDouble())
            .isCloseTo(row.get("evaluation/scores/right").asDouble(), within(1e-9));
        assertThat(row.get("evaluation/scores/words").asDouble()).isPositive();
        reported.put(row.get("evaluation/step").asLong(), row.get("evaluation/reward").asDouble());
      }
    }
    assertThat(reported.keySet()).containsExactlyElementsOf(EVALUATED);
    reported.forEach(
        (step, reward) -> assertThat(reward).isCloseTo(earned.get(step), within(1e-9)));
    assertThat(rows.stream().filter(row -> row.has("objective/scores"))).hasSize(STEPS);
    return earned;
  }

  private static WeightVersion version(ScoredRollout scored) {
    return scored.getRollout().getEvaluation().getVersion();
  }

  private static void requireBest(String told, Path output, Map<Long, Double> earned) {
    Matcher best =
        Pattern.compile("saved (\\S+): step (\\d+), evaluation/reward ([\\d.]+)").matcher(told);
    assertThat(best.find()).as(told).isTrue();
    long step = Long.parseLong(best.group(2));
    assertThat(earned.get(step))
        .isEqualTo(earned.values().stream().mapToDouble(one -> one).max().orElseThrow());
    assertThat(Path.of(best.group(1))).isEqualTo(output.resolve("best"));
    assertThat(output.resolve("best").resolve("model.safetensors")).isNotEmptyFile();
    assertThat(
            output
                .resolve("checkpoints")
                .resolve(String.format(Locale.ROOT, "step-%08d", step))
                .resolve("model"))
        .isDirectory();
  }

  private void requireBalance(EmbeddedStack stack, List<Rollout> answers) {
    try (RlhfProcess audit = start(stack, "audit")) {
      assertThat(audit.awaitExit()).as(audit.output()).isZero();
      assertThat(audit.output())
          .contains("balances: ")
          .doesNotContain("unasked")
          .containsPattern("evaluations +" + answers.size() + " ");
    }
  }

  private void requireTrace(EmbeddedStack stack, Rollout answer) {
    try (RlhfProcess trace = start(stack, "trace", answer.getRequestId())) {
      assertThat(trace.awaitExit()).as(trace.output()).isZero();
      assertThat(trace.output())
          .containsPattern("to measure policy 0.\\d; nothing is learned from it")
          .contains("rlhf.scored-evaluations-0@");
    }
  }

  private RlhfProcess start(EmbeddedStack stack, String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(
        List.of(
            "--bootstrap-servers",
            stack.bootstrapServers(),
            "--schema-registry-url",
            stack.schemaRegistryUrl()));
    return RlhfProcess.start(directory, arguments.toArray(String[]::new));
  }
}
