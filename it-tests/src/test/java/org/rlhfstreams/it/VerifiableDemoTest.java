package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo with rules runs from beginning to end in a place that has no reward model at all. */
final class VerifiableDemoTest {
  private static final int STEPS = 3;

  @TempDir private Path directory;

  /** A home with the starter policy and the prompts alone. */
  private Path home() throws IOException {
    Path home = Files.createDirectories(directory.resolve("home"));
    Path root = Repository.root().toAbsolutePath();
    Files.createDirectories(home.resolve("models"));
    Files.createSymbolicLink(
        home.resolve("models").resolve("starter"), root.resolve("models").resolve("starter"));
    Files.createSymbolicLink(home.resolve("data"), root.resolve("data"));
    return home;
  }

  @Test
  void rulesTeachWithoutARewardModel() throws IOException {
    Path output = directory.resolve("run");
    try (RlhfProcess demo =
        RlhfProcess.start(
            directory,
            Map.of("RLHF_HOME", home().toString()),
            "demo",
            "--verifiable",
            "--output",
            output.toString(),
            "--max-steps",
            String.valueOf(STEPS),
            "--sampling.max-new-tokens",
            "24")) {
      assertThat(demo.awaitExit()).as(demo.output()).isZero();
      assertThat(demo.output())
          .contains("no reward model", "wanted to see a")
          .containsPattern("share right, first fifth -> last fifth of the steps: \\d");
    }
    List<String> steps = Files.readAllLines(output.resolve("metrics.jsonl"));
    assertThat(steps).hasSize(STEPS);
    for (String line : steps) {
      JsonNode step = new ObjectMapper().readTree(line);
      double right = step.get("objective/scores/right").asDouble();
      double repetition = step.get("objective/scores/repetition").asDouble();
      assertThat(right * 64).isCloseTo(Math.rint(right * 64), within(1e-9));
      assertThat(step.get("objective/scores").asDouble())
          .isCloseTo(right + 0.5 * repetition, within(1e-6));
    }
    JsonNode summary = new ObjectMapper().readTree(output.resolve("summary.json").toFile());
    assertThat(summary.get("scores").findValuesAsText("name")).contains("right", "repetition");
    assertThat(output.resolve("report.html")).isNotEmptyFile();
    assertThat(output.resolve("model").resolve("model.safetensors")).isNotEmptyFile();
  }
}
