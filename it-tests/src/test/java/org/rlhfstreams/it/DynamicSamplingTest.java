package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;

/**
 * Most prompts are too hard for any response to be right: their groups are set aside, each step has
 * a full batch of others, and admission, learner and dead letters agree to the last response.
 */
final class DynamicSamplingTest {
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final int BATCH = 16;
  private static final int GROUP = 4;
  private static final int STEPS = 4;
  private static final String HARD = "nobody-says-this";

  @TempDir private Path directory;

  private Path prompts() throws IOException {
    return Files.write(
        directory.resolve("prompts.jsonl"),
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    String.format(
                        Locale.ROOT,
                        "{\"prompt\": \"Once upon a time, there was a dog. It was dog number %d.\","
                            + " \"word\": \"%s\"}",
                        i,
                        i % 10 < 7 ? HARD : "the"))
            .toList());
  }

  @Test
  void groupsWithoutASignalAreReplaced() throws Exception {
    Path file = directory.resolve("rewards.yaml");
    Files.writeString(
        file,
        """
        rewards:
          - name: right
            scorer: contains
            settings: {field: word}
        """);
    try (RlhfProcess up =
        RlhfProcess.up(
            directory,
            BATCH,
            "--config",
            file.toString(),
            "--prompts",
            prompts().toString(),
            "--metadata",
            "word",
            "--learner.objective",
            "grpo",
            "--samples",
            String.valueOf(GROUP),
            "--max-steps",
            "100000",
            "--critic-free.dynamic-sampling",
            "true")) {
      Matcher address = up.awaitLine("up: broker (\\S+), registry (\\S+), a new run");
      Log log = new Log(address.group(1), address.group(2));
      await("steps").atMost(LONGEST).until(() -> steps().size() >= STEPS);
      requireFullBatchesThatTeach(log);
      List<DeadLetter> letters =
          log.read(log.topics().deadLetters(), DeadLetter.class).stream()
              .filter(letter -> letter.getKind().equals("signal"))
              .toList();
      assertThat(letters)
          .hasSizeGreaterThan(BATCH)
          .allSatisfy(
              letter -> {
                assertThat(letter.getStage()).isEqualTo("learner");
                assertThat(letter.getLostRollouts()).isEqualTo(1);
                assertThat(letter.getReason()).contains("all 4 responses", "earned the same");
              });
      assertThat(steps().stream().mapToDouble(step -> step.path("data/set_aside").asDouble()).sum())
          .isGreaterThan(BATCH);
      requireBalance(address);
      up.interrupt();
      assertThat(up.awaitExit()).isEqualTo(130);
    }
  }

  private static void requireFullBatchesThatTeach(Log log) {
    List<StepMetrics> steps = log.read(log.topics().trainingMetrics(), StepMetrics.class);
    // Read later, so that it has all of their responses.
    Map<String, ScoredRollout> scored = new HashMap<>();
    log.read(log.topics().scoredRollouts(), ScoredRollout.class)
        .forEach(one -> scored.put(one.getRollout().getRolloutId(), one));
    for (StepMetrics step : steps) {
      assertThat(step.getRolloutIds()).hasSize(BATCH);
      Map<String, Set<Double>> values =
          step.getRolloutIds().stream()
              .map(scored::get)
              .collect(
                  Collectors.groupingBy(
                      one -> one.getRollout().getRequestId(),
                      Collectors.mapping(
                          one -> one.getScores().get("right").getValue(),
                          Collectors.toCollection(TreeSet::new))));
      assertThat(values).hasSize(BATCH / GROUP);
      assertThat(values.values()).allSatisfy(two -> assertThat(two).containsExactly(0.0, 1.0));
    }
  }

  private void requireBalance(Matcher address) {
    try (RlhfProcess audit =
        RlhfProcess.start(
            directory,
            "audit",
            "--bootstrap-servers",
            address.group(1),
            "--schema-registry-url",
            address.group(2))) {
      assertThat(audit.awaitExit()).as(audit.output()).isZero();
      assertThat(audit.output())
          .contains("balances: ")
          .containsPattern("dead +[\\d,]+ .*learner: signal [\\d,]+")
          .containsPattern("set aside +[\\d,]+ ");
    }
  }

  private List<JsonNode> steps() throws IOException {
    Path metrics = directory.resolve("rlhf-data").resolve("output").resolve("metrics.jsonl");
    List<JsonNode> steps = new ArrayList<>();
    if (Files.exists(metrics)) {
      for (String line : Files.readAllLines(metrics, StandardCharsets.UTF_8)) {
        steps.add(new ObjectMapper().readTree(line));
      }
    }
    return steps;
  }
}
