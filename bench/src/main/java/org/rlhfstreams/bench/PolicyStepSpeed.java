package org.rlhfstreams.bench;

import java.nio.file.Path;
import java.util.Locale;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.OptimizerSettings;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TrainableModel;

/** Forward and backward of a policy on the log-probabilities of 16 rows of 183 tokens. */
public final class PolicyStepSpeed {
  private static final int ROUNDS = 5;
  private static final int ROWS = 16;
  private static final int TIME = 183;

  private PolicyStepSpeed() {}

  /** Arguments: model directory, float32, bfloat16 or auto. */
  public static void main(String[] arguments) {
    ModelDirectory directory = ModelDirectory.open(Path.of(arguments[0]));
    ComputeType type = ComputeType.named(arguments[1]);
    MicroBatchSettings settings = MicroBatchSettings.DEFAULT;
    RandomBatch batch = RandomBatch.of(directory.configuration(), ROWS, TIME);
    try (Decoder decoder = new Decoder(directory.configuration(), type);
        TrainableModel model =
            new TrainableModel(
                decoder,
                Weights.read(directory),
                false,
                new OptimizerSettings(0.9, 0.999, 1e-8, 0, 1),
                settings)) {
      double best = Double.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        long started = System.nanoTime();
        try (Pass pass = model.logProbabilityPass(batch.rows())) {
          pass.backward(PassGradients.ofLogProbabilities(batch.gradients()));
        }
        best = Math.min(best, (System.nanoTime() - started) / 1e9);
        model.discardGradients();
      }
      double operations = 6.0 * model.weights().parameters() * ROWS * TIME;
      System.out.printf(
          Locale.ROOT,
          "RESULT %.4f steps/s: %s %s, %.0f GFLOP/s%n",
          1 / best,
          directory.path().getFileName(),
          type,
          operations / best / 1e9);
    }
    System.exit(0);
  }
}
