package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A teacher is learned from without any reward; one that is there is measured. */
@Tag("slow")
final class TrainDistillationTest {
  private static final Path GOLDENS = Path.of("../learner/src/test/resources/goldens/objectives");

  @TempDir private Path directory;

  private CommandRun train(String output, String... more) throws IOException {
    Path prompts =
        Files.write(directory.resolve("prompts.txt"), List.of("The cat", "A dog", "Once"));
    List<String> arguments = new ArrayList<>(List.of("train", "distillation"));
    arguments.addAll(List.of("--model", GOLDENS.resolve("policy").toString()));
    arguments.addAll(List.of("--reference-model", GOLDENS.resolve("reference").toString()));
    arguments.addAll(List.of("--data", prompts.toString(), "--batch-size", "4"));
    arguments.addAll(List.of("--max-steps", "2", "--sampling.max-new-tokens", "4"));
    arguments.addAll(List.of("--output", directory.resolve(output).toString()));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.expecting(0, arguments.toArray(String[]::new));
  }

  private List<JsonNode> steps(String output) throws IOException {
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve(output).resolve("metrics.jsonl"))) {
      steps.add(new ObjectMapper().readTree(line));
    }
    return steps;
  }

  @Test
  void itLearnsFromTheTeacherWithoutRewards() throws IOException {
    CommandRun run = train("run");
    assertThat(run.output())
        .containsPattern("step 2/2  KL [-\\d.]+  length")
        .contains("saved ")
        .doesNotContain("reward");
    assertThat(steps("run"))
        .hasSize(2)
        .allSatisfy(
            step -> {
              assertThat(names(step)).noneMatch(name -> name.contains("score"));
              assertThat(step.get("objective/kl").asDouble()).isNotZero();
              assertThat(step.get("grad_norm").asDouble()).isPositive();
            });
  }

  @Test
  void aRewardThatOnlyWatchesIsMeasured() throws IOException {
    train(
        "watched",
        "--rewards.list",
        "[{name: tokens, scorer: length, required: true, weight: 0,"
            + " settings: {mode: count}}]");
    assertThat(steps("watched"))
        .hasSize(2)
        .allSatisfy(
            step -> assertThat(step.get("objective/scores/tokens").asDouble()).isBetween(1.0, 4.0));
  }

  private static List<String> names(JsonNode step) {
    List<String> names = new ArrayList<>();
    for (Iterator<String> all = step.fieldNames(); all.hasNext(); ) {
      names.add(all.next());
    }
    return names;
  }
}
