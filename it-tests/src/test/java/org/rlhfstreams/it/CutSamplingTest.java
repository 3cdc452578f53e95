package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Invariant 5 where top-k and top-p cut the distribution: before the first update policy, sampler
 * and reference are one model, so the ratio is 1 and the KL is 0.
 */
final class CutSamplingTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"ppo", "grpo"})
  void theFirstStepHasARatioOfOneAndNoKl(String objective) throws IOException {
    try (RlhfProcess up =
        RlhfProcess.up(
            directory,
            8,
            "--learner.objective",
            objective,
            "--max-steps",
            "1",
            "--model.dtype",
            "float32",
            "--sampling.samples",
            "4",
            "--sampling.temperature",
            "0.8",
            "--sampling.top-k",
            "12",
            "--sampling.top-p",
            "0.7")) {
      assertThat(up.awaitExit()).isZero();
    }
    Path metrics = directory.resolve("rlhf-data").resolve("output").resolve("metrics.jsonl");
    JsonNode step =
        new ObjectMapper().readTree(Files.readAllLines(metrics, StandardCharsets.UTF_8).get(0));
    assertThat(step.get("val/ratio").asDouble()).isCloseTo(1, within(1e-4));
    assertThat(step.get("val/ratio_var").asDouble()).isLessThan(1e-7);
    assertThat(step.get("objective/kl").asDouble()).isCloseTo(0, within(1e-3));
  }
}
