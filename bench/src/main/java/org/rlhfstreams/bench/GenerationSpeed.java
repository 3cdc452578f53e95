package org.rlhfstreams.bench;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.model.generation.Sampling;

/** Tokens a second of generation, measured as transformers_generate.py measures its own. */
public final class GenerationSpeed {
  private static final int ROUNDS = 3;
  private static final int PROMPT = 16;

  private GenerationSpeed() {}

  /** Arguments: model directory, batch, new tokens, float32, bfloat16 or auto. */
  public static void main(String[] arguments) {
    ModelDirectory model = ModelDirectory.open(Path.of(arguments[0]));
    int batch = Integer.parseInt(arguments[1]);
    int tokens = Integer.parseInt(arguments[2]);
    ComputeType type = ComputeType.named(arguments[3]);
    try (Decoder decoder = new Decoder(model.configuration(), type);
        PackedWeights weights = PackedWeights.taking(decoder, Weights.read(model, type));
        Generator generator =
            new Generator(
                decoder, weights, 0, new GeneratorSettings(batch, PROMPT + tokens, Set.of()))) {
      SplittableRandom random = new SplittableRandom(0);
      int vocabulary = Math.min(4000, model.configuration().vocabularySize());
      double best = 0;
      for (int round = 0; round < ROUNDS; round++) {
        long started = System.nanoTime();
        for (int row = 0; row < batch; row++) {
          int[] prompt = random.ints(PROMPT, 10, vocabulary).toArray();
          generator.submit(
              new GenerationRequest("row" + row, prompt, new Sampling(0.7, 0, 1, tokens, row)));
        }
        while (!generator.idle()) {
          generator.step();
        }
        best = Math.max(best, batch * tokens / ((System.nanoTime() - started) / 1e9));
      }
      System.out.printf(
          Locale.ROOT,
          "RESULT %.1f tokens/s: %s %s, batch %d, %d tokens%n",
          best,
          model.path().getFileName(),
          type,
          batch,
          tokens);
    }
    System.exit(0);
  }
}
