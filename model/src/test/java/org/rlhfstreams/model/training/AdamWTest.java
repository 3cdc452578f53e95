package org.rlhfstreams.model.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;

/** Moments in bfloat16 lead to nearly the same place, and a resumed run to exactly the same. */
final class AdamWTest {
  private static final int STEPS = 40;

  private static List<TokenRow> rows(int step) {
    SplittableRandom random = new SplittableRandom(step % 4);
    List<TokenRow> rows = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rows.add(new TokenRow(random.ints(20, 0, 60).toArray(), 5));
    }
    return rows;
  }

  private static double step(TrainableModel model, int step) {
    double sum = 0;
    List<TokenRow> rows = rows(step);
    try (Pass pass = model.logProbabilityPass(rows)) {
      float[][] gradients = new float[rows.size()][];
      for (int i = 0; i < gradients.length; i++) {
        gradients[i] = new float[rows.get(i).responseLength()];
        Arrays.fill(gradients[i], -1f / 60);
        for (float logProbability : pass.logProbabilities()[i]) {
          sum -= logProbability / 60;
        }
      }
      pass.backward(PassGradients.ofLogProbabilities(gradients));
    }
    assertThat(model.update(1e-3).applied()).isTrue();
    return sum;
  }

  private static TrainableModel model(Decoder decoder, ModelDirectory directory, ComputeType type) {
    return new TrainableModel(
        decoder,
        Weights.read(directory),
        false,
        new OptimizerSettings(0.9, 0.999, 1e-8, 0.01, 1, type),
        MicroBatchSettings.DEFAULT);
  }

  @Test
  void momentsInBfloat16TrainAsWell() {
    // untied: the embeddings of tokens that never occur have moments of exactly 0
    ModelDirectory directory = ModelDirectory.open(Goldens.model("llama-untied-headdim"));
    try (Decoder decoder = new Decoder(directory.configuration());
        TrainableModel exact = model(decoder, directory, ComputeType.FLOAT32);
        TrainableModel half = model(decoder, directory, ComputeType.BFLOAT16)) {
      double first = step(exact, 0);
      step(half, 0);
      double exactLoss = 0;
      double halfLoss = 0;
      for (int i = 1; i < STEPS; i++) {
        exactLoss = step(exact, i);
        halfLoss = step(half, i);
      }
      assertThat(exactLoss).isLessThan(first - 0.5);
      assertThat(Math.abs(halfLoss - exactLoss)).isLessThan(0.05 * (first - exactLoss));
    }
  }

  @Test
  void aResumedRunRoundsTheSameWay() {
    ModelDirectory directory = ModelDirectory.open(Goldens.model("llama-tied"));
    for (ComputeType computeType : new ComputeType[] {ComputeType.FLOAT32, ComputeType.BFLOAT16}) {
      try (Decoder decoder = new Decoder(directory.configuration(), computeType);
          TrainableModel whole = model(decoder, directory, ComputeType.BFLOAT16);
          TrainableModel resumed = model(decoder, directory, ComputeType.BFLOAT16)) {
        for (int i = 0; i < 3; i++) {
          step(whole, i);
        }
        List<float[]> values = whole.weights().values();
        for (int i = 0; i < values.size(); i++) {
          resumed.weights().assign(i, java.nio.FloatBuffer.wrap(values.get(i)));
        }
        resumed.restore(whole.optimizerState());
        for (int i = 3; i < 6; i++) {
          assertThat(step(resumed, i)).isEqualTo(step(whole, i));
        }
        List<float[]> expected = whole.weights().values();
        List<float[]> actual = resumed.weights().values();
        for (int i = 0; i < expected.size(); i++) {
          assertThat(actual.get(i)).isEqualTo(expected.get(i));
        }
      }
    }
  }
}
