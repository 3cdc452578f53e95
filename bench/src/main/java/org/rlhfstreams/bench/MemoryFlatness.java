package org.rlhfstreams.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.LiveWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.OptimizerSettings;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;

/**
 * Resident memory over many cycles of generating, training on it, and taking the new weights: means
 * over each hundred cycles, since which kernels are held moves it by a few per cent.
 */
public final class MemoryFlatness {
  private static final int ROWS = 16;
  private static final int WINDOW = 100;

  private MemoryFlatness() {}

  /** Arguments: model directory, cycles, float32, bfloat16 or auto. */
  public static void main(String[] arguments) throws IOException {
    ModelDirectory directory = ModelDirectory.open(Path.of(arguments[0]));
    int cycles = Integer.parseInt(arguments[1]);
    ComputeType type = ComputeType.named(arguments[2]);
    List<Double> means = new ArrayList<>();
    long sum = 0;
    try (Decoder decoder = new Decoder(directory.configuration(), type);
        LiveWeights live = new LiveWeights(decoder, Weights.read(directory, type));
        Generator generator =
            new Generator(
                decoder,
                live.active(),
                0,
                new GeneratorSettings(ROWS, 128, directory.stopTokens()));
        TrainableModel model =
            new TrainableModel(
                decoder,
                Weights.read(directory),
                false,
                new OptimizerSettings(0.9, 0.95, 1e-8, 0, 1),
                MicroBatchSettings.DEFAULT)) {
      for (int cycle = 1; cycle <= cycles; cycle++) {
        cycle(cycle, generator, model);
        generator.swap(live.take(model.snapshot(type)), cycle);
        sum += residentKilobytes();
        if (cycle % WINDOW == 0) {
          means.add((double) sum / WINDOW);
          sum = 0;
          System.out.printf(
              "cycles to %d: %,.0f kB resident%n", cycle, means.get(means.size() - 1));
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "RESULT %.2f %% from the second hundred cycles to the last%n",
        100 * (means.get(means.size() - 1) / means.get(1) - 1));
    System.exit(0);
  }

  private static void cycle(int cycle, Generator generator, TrainableModel model) {
    SplittableRandom random = new SplittableRandom(cycle);
    for (int row = 0; row < ROWS; row++) {
      int[] prompt = random.ints(4 + random.nextInt(30), 10, 1000).toArray();
      int tokens = 8 + random.nextInt(40);
      generator.submit(
          new GenerationRequest(
              "row" + row, prompt, new Sampling(1, 0, 1, tokens, random.nextLong())));
    }
    List<TokenRow> rows = new ArrayList<>();
    while (!generator.idle()) {
      for (Generation finished : generator.step()) {
        rows.add(TokenRow.of(finished.request().promptTokenIds(), finished.tokenIds()));
      }
    }
    double[] temperatures = new double[rows.size()];
    Arrays.fill(temperatures, 1);
    try (Pass pass = model.tokenPass(rows, temperatures, false)) {
      float[][] gradients = new float[rows.size()][];
      for (int i = 0; i < gradients.length; i++) {
        gradients[i] = new float[rows.get(i).responseLength()];
        Arrays.fill(gradients[i], 1e-4f);
      }
      pass.backward(PassGradients.ofLogProbabilities(gradients));
    }
    model.update(1e-7);
  }

  private static long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("/proc/self/status has no VmRSS");
  }
}
