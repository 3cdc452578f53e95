package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training on files that is killed again and again ends where an undisturbed one does. */
final class KilledTrainingTest {
  private static final int KILLS = 10;
  private static final int STEPS = 200;

  @TempDir private Path directory;

  @Test
  void directPreferenceOptimisationKilledTenTimesGivesTheSameWeights() throws IOException {
    Path data = pairs();
    Path undisturbed = directory.resolve("undisturbed");
    try (RlhfProcess run = train(data, undisturbed)) {
      assertThat(run.awaitExit()).isZero();
    }

    Path killed = directory.resolve("killed");
    Random random = new Random(7);
    int step = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      step += 1 + random.nextInt(2 * STEPS / KILLS - 20);
      try (RlhfProcess run = train(data, killed)) {
        run.awaitLine("^step (%d|%d)/%d ".formatted(step, step + 1, STEPS));
        run.kill();
      }
      step = Math.max(0, step - 5);
    }
    try (RlhfProcess run = train(data, killed)) {
      assertThat(run.awaitExit()).isZero();
    }

    assertThat(weights(killed)).isEqualTo(weights(undisturbed));
    assertThat(Files.readAllLines(killed.resolve("metrics.jsonl"))).hasSize(STEPS);
  }

  private RlhfProcess train(Path data, Path output) {
    return RlhfProcess.start(
        directory,
        "train",
        "dpo",
        "--model",
        Repository.starter().toString(),
        "--data",
        data.toString(),
        "--output",
        output.toString(),
        "--batch-size",
        "2",
        "--max-steps",
        String.valueOf(STEPS),
        "--learner.checkpoint-every",
        "7");
  }

  private Path pairs() throws IOException {
    Path file = directory.resolve("pairs.jsonl");
    Path all = Repository.root().resolve("data").resolve("comparisons-valid.jsonl.gz");
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(all)), StandardCharsets.UTF_8))) {
      List<String> few = lines.lines().limit(100).toList();
      return Files.write(file, few);
    }
  }

  private static byte[] weights(Path output) throws IOException {
    return Files.readAllBytes(output.resolve("model").resolve("model.safetensors"));
  }
}
