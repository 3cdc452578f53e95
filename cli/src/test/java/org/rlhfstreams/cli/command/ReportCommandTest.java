package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportCommandTest {
  @TempDir private Path directory;

  private Path run(String name, String rate, String metrics) throws IOException {
    Path run = Files.createDirectories(directory.resolve(name));
    Files.writeString(run.resolve("metrics.jsonl"), metrics);
    Files.writeString(
        run.resolve("run.json"),
        "{\"objective\": \"dpo\", \"settings\": {\"learner.learning-rate\": \""
            + rate
            + "\", \"learner.seed\": \"0\"}}");
    return run;
  }

  private static JsonNode data(Path page) throws IOException {
    String text = Files.readString(page);
    String begin = "const page = ";
    int from = text.indexOf(begin) + begin.length();
    return new ObjectMapper().readTree(text.substring(from, text.indexOf(";\n", from)));
  }

  @Test
  void runsLieOverEachOther() throws IOException {
    Path slow =
        run(
            "slow",
            "1e-6",
            """
            {"step": 1, "loss": 0.69, "lr": 1e-6}
            {"step": 2, "loss": 0.6, "lr": 1e-6}
            {"step": 2, "evaluation/reward": 0.5}
            """);
    Path fast = // still at work: its newest line is not whole
        run(
            "fast",
            "1e-5",
            """
            {"step": 1, "loss": 0.69}
            {"step": 2, "lo""");
    Path page = directory.resolve("both.html");
    CommandRun run =
        CommandRun.expecting(
            0, "report", slow.toString(), fast.toString(), "--output", page.toString());
    assertThat(run.output()).contains(slow + ": dpo, 2 steps", fast + ": dpo, 1 step\n");
    JsonNode runs = data(page).path("runs");
    assertThat(runs).hasSize(2);
    assertThat(runs.at("/0/name").asText()).isEqualTo("slow");
    assertThat(runs.at("/0/steps")).hasToString("[1,2]");
    assertThat(runs.at("/0/metrics/loss")).hasToString("[0.69,0.6]");
    assertThat(runs.at("/0/metrics/evaluation~1reward")).hasToString("[null,0.5]");
    assertThat(runs.at("/1/metrics/loss")).hasToString("[0.69]");
    assertThat(runs.at("/1/settings/learner.learning-rate").asText()).isEqualTo("1e-5");
    assertThat(Files.readString(page)).doesNotContain("src=", "href=\"http");
  }

  @Test
  void whatIsNoRunIsSaid() throws IOException {
    assertThat(CommandRun.expecting(1, "report", directory.toString()).errors())
        .contains(directory + " holds no run")
        .contains("--output");
    Path waiting = run("waiting", "1e-6", "");
    assertThat(CommandRun.expecting(1, "report", waiting.toString()).errors())
        .contains("no step yet");
    Path damaged = run("damaged", "1e-6", "{\"step\": 1}\n{\"st\n{\"step\": 3}\n");
    assertThat(CommandRun.expecting(1, "report", damaged.toString()).errors())
        .contains("metrics.jsonl, line 2 is no JSON");
  }
}
