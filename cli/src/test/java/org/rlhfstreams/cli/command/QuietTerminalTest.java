package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run shows what it is, its progress and its results; its log is in a file. */
final class QuietTerminalTest {
  private static final String LOG_LINE = "(?s).*\\b(INFO|WARN|ERROR|DEBUG)\\b.*";

  @TempDir private Path directory;
  private Path data;

  @BeforeEach
  void rows() throws IOException {
    data =
        Files.write(
            directory.resolve("pairs.jsonl"),
            IntStream.range(0, 8)
                .mapToObj(
                    i ->
                        String.format(
                            Locale.ROOT,
                            "{\"prompt\": \"Say %d.\", \"chosen\": \"yes\", \"rejected\": \"no\"}",
                            i))
                .toList());
  }

  private CommandRun train(int code, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train", "dpo", "--model", STARTER));
    arguments.addAll(List.of("--data", data.toString(), "--output", output().toString()));
    arguments.addAll(List.of("--batch-size", "4", "--max-steps", "2"));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.expecting(code, arguments.toArray(String[]::new));
  }

  private Path output() {
    return directory.resolve("run");
  }

  @Test
  void theTerminalHasTheRunAndTheFileHasTheLog() throws IOException {
    CommandRun run = train(0);
    assertThat(run.output())
        .containsSubsequence(
            "dpo: Direct preference optimisation",
            "model    " + STARTER,
            "compute  dtype stored, device auto",
            "4 examples, learning rate 1e-5 constant, 2 steps",
            "rlhf.log",
            "step 1/2",
            "step 2/2",
            "saved ");
    assertThat(run.output() + run.errors()).doesNotMatch(LOG_LINE);
    assertThat(output().resolve("rlhf.log")).content().contains(" INFO ", "o.r.");
  }

  @Test
  void verboseShowsTheLogToo() {
    CommandRun run = train(0, "--verbose");
    assertThat(run.output() + run.errors()).contains(" INFO ");
    assertThat(output().resolve("rlhf.log")).exists();
  }

  @Test
  void quietShowsResultsAlone() {
    CommandRun run = train(0, "--quiet");
    assertThat(run.output()).contains("saved ").doesNotContain("step 1/2", "learning rate");
    assertThat(run.errors()).isEmpty();
    assertThat(train(2, "--quiet", "--verbose").errors()).contains("give one");
  }

  @Test
  void jsonPrintsObjectsAndNothingElse() throws IOException {
    CommandRun run = train(0, "--json");
    List<String> lines = run.output().lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode last = new ObjectMapper().readTree(lines.get(1));
    assertThat(last.get("step").asInt()).isEqualTo(2);
    assertThat(last.get("total_steps").asInt()).isEqualTo(2);
    assertThat(last.get("loss").isNumber()).isTrue();
    assertThat(run.errors()).contains("saved ");
  }

  @Test
  void aCommandThatIsRefusedLeavesNothing() {
    data = directory.resolve("missing.jsonl");
    train(1);
    assertThat(output()).doesNotExist();
  }
}
