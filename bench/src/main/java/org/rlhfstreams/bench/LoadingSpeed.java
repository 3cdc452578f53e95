package org.rlhfstreams.bench;

import java.nio.file.Path;
import java.util.Locale;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;

/** Bytes of weight files a second, from the page cache into tensors. */
public final class LoadingSpeed {
  private static final int ROUNDS = 5;

  private LoadingSpeed() {}

  /** Arguments: model directory, float32, bfloat16 or auto. */
  public static void main(String[] arguments) {
    ModelDirectory model = ModelDirectory.open(Path.of(arguments[0]));
    ComputeType type = ComputeType.named(arguments[1]);
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long started = System.nanoTime();
      try (Weights weights = Weights.read(model, type)) {
        double seconds = (System.nanoTime() - started) / 1e9;
        long bytes =
            weights.specifications().stream()
                .mapToLong(tensor -> tensor.size() * model.tensorType(tensor.name()).bytes())
                .sum();
        best = Math.max(best, bytes / seconds / 1e9);
      }
    }
    System.out.printf(
        Locale.ROOT, "RESULT %.2f GB/s: %s into %s%n", best, model.path().getFileName(), type);
    System.exit(0);
  }
}
