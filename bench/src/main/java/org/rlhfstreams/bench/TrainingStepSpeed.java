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

/**
 * Whole training steps: forward, backward, clipping and AdamW. Their mean, since a GPU still works
 * on one step when the next is asked for.
 */
public final class TrainingStepSpeed {
  private static final int WARM_UP = 3;
  private static final int STEPS = 20;
  private static final int MICRO_BATCH_TOKENS = 1 << 14;
  private static final int RETAINED_TOKENS = 1 << 20;
  private static final int HEAD_ROWS = 512;
  private static final long KEPT_LOGITS = 4L << 30;

  private TrainingStepSpeed() {}

  /** Arguments: model directory, float32, bfloat16 or auto, rows, tokens a row. */
  public static void main(String[] arguments) {
    ModelDirectory directory = ModelDirectory.open(Path.of(arguments[0]));
    ComputeType type = ComputeType.named(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    int tokens = Integer.parseInt(arguments[3]);
    RandomBatch batch = RandomBatch.of(directory.configuration(), count, tokens);
    MicroBatchSettings settings =
        new MicroBatchSettings(
            MICRO_BATCH_TOKENS, RETAINED_TOKENS, HEAD_ROWS, KEPT_LOGITS, true, false);
    try (Decoder decoder = new Decoder(directory.configuration(), type);
        TrainableModel model =
            new TrainableModel(
                decoder,
                Weights.read(directory),
                false,
                new OptimizerSettings(0.9, 0.999, 1e-8, 0.01, 1),
                settings)) {
      long started = 0;
      for (int step = 0; step < WARM_UP + STEPS; step++) {
        if (step == WARM_UP) {
          started = System.nanoTime();
        }
        try (Pass pass = model.logProbabilityPass(batch.rows())) {
          pass.backward(PassGradients.ofLogProbabilities(batch.gradients()));
        }
        model.update(1e-6);
      }
      double seconds = (System.nanoTime() - started) / 1e9 / STEPS;
      System.out.printf(
          Locale.ROOT,
          "RESULT %.0f tokens/s: %s %s, %d x %d, %.1f ms a step%n",
          count * tokens / seconds,
          directory.path().getFileName(),
          type,
          count,
          tokens,
          seconds * 1e3);
    }
    System.exit(0);
  }
}
