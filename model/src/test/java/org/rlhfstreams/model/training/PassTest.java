package org.rlhfstreams.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;

/** What must not matter does not: micro-batches, padding, batch mates. */
final class PassTest {
  private static final OptimizerSettings OPTIMIZER = new OptimizerSettings(0.9, 0.95, 1e-8, 0, 0);

  private static List<TokenRow> rows() {
    SplittableRandom random = new SplittableRandom(5);
    List<TokenRow> rows = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int[] tokens = random.ints(6 + 3L * i, 0, 200).toArray();
      rows.add(new TokenRow(tokens, 1 + random.nextInt(4)));
    }
    return rows;
  }

  private static List<float[]> trainedWith(MicroBatchSettings microBatches) {
    ModelDirectory directory = ModelDirectory.open(Goldens.model("llama-tied"));
    try (Decoder decoder = new Decoder(directory.configuration());
        TrainableModel model =
            new TrainableModel(decoder, Weights.read(directory), false, OPTIMIZER, microBatches)) {
      List<TokenRow> rows = rows();
      double[] temperatures = {0.7, 1, 1, 1.3, 1, 1, 0.9, 1};
      try (Pass pass = model.tokenPass(rows, temperatures, true)) {
        float[][] onLogProbabilities = new float[rows.size()][];
        float[][] onEntropies = new float[rows.size()][];
        for (int i = 0; i < rows.size(); i++) {
          onLogProbabilities[i] = new float[rows.get(i).responseLength()];
          onEntropies[i] = new float[rows.get(i).responseLength()];
          for (int t = 0; t < onLogProbabilities[i].length; t++) {
            onLogProbabilities[i][t] = -0.01f * (i + 1);
            onEntropies[i][t] = 0.002f * t;
          }
        }
        pass.backward(new PassGradients(onLogProbabilities, onEntropies, null));
      }
      assertThat(model.update(1e-2).applied()).isTrue();
      return model.weights().values();
    }
  }

  @Test
  void gradientAccumulationIsExact() {
    List<float[]> whole =
        trainedWith(new MicroBatchSettings(10_000, 10_000, 512, 1 << 30, true, false));
    List<float[]> oneByOne = trainedWith(new MicroBatchSettings(1, 10_000, 3, 0, true, false));
    List<float[]> recomputed = trainedWith(new MicroBatchSettings(64, 0, 7, 0, true, false));
    for (int i = 0; i < whole.size(); i++) {
      for (int j = 0; j < whole.get(i).length; j++) {
        assertThat(oneByOne.get(i)[j]).isCloseTo(whole.get(i)[j], within(2e-3f));
        assertThat(recomputed.get(i)[j]).isCloseTo(whole.get(i)[j], within(2e-3f));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0.7})
  void whatTheHeadKeepsChangesNoGradient(double temperature) {
    List<float[]> kept = gradientsOfLogProbabilities(1 << 30, temperature);
    List<float[]> computedAgain = gradientsOfLogProbabilities(0, temperature);
    for (int i = 0; i < kept.size(); i++) {
      for (int j = 0; j < kept.get(i).length; j++) {
        assertThat(kept.get(i)[j]).isCloseTo(computedAgain.get(i)[j], within(1e-5f));
      }
    }
  }

  private static List<float[]> gradientsOfLogProbabilities(long keptLogits, double temperature) {
    ModelDirectory directory = ModelDirectory.open(Goldens.model("llama-tied"));
    MicroBatchSettings settings =
        new MicroBatchSettings(10_000, 10_000, 7, keptLogits, true, false);
    try (Decoder decoder = new Decoder(directory.configuration());
        TrainableModel model =
            new TrainableModel(decoder, Weights.read(directory), false, OPTIMIZER, settings)) {
      List<TokenRow> rows = rows();
      double[] temperatures = new double[rows.size()];
      Arrays.fill(temperatures, temperature);
      try (Pass pass = model.logProbabilityPass(rows, temperatures)) {
        float[][] gradients = new float[rows.size()][];
        for (int i = 0; i < gradients.length; i++) {
          gradients[i] = new float[rows.get(i).responseLength()];
          Arrays.fill(gradients[i], 0.1f * (i + 1));
        }
        pass.backward(PassGradients.ofLogProbabilities(gradients));
      }
      return model.gradients().stream().map(NDArray::toFloatArray).toList();
    }
  }

  @Test
  void anUpdateThatIsNotFiniteChangesNothing() {
    ModelDirectory directory = ModelDirectory.open(Goldens.model("llama-tied"));
    try (Decoder decoder = new Decoder(directory.configuration());
        TrainableModel model =
            new TrainableModel(
                decoder, Weights.read(directory), false, OPTIMIZER, MicroBatchSettings.DEFAULT)) {
      List<float[]> before = model.weights().values();
      TokenRow row = new TokenRow(new int[] {1, 2, 3}, 1);
      try (Pass pass = model.logProbabilityPass(List.of(row))) {
        pass.backward(
            PassGradients.ofLogProbabilities(new float[][] {{Float.POSITIVE_INFINITY, 1}}));
      }
      Update update = model.update(1e-2);
      assertThat(update.applied()).isFalse();
      assertThat(update.gradientNorm()).isNaN();
      for (int i = 0; i < before.size(); i++) {
        assertThat(model.weights().values().get(i)).isEqualTo(before.get(i));
      }
    }
  }

  @Test
  void scoresDoNotDependOnPaddingOrBatchMates() {
    ModelDirectory directory = ModelDirectory.open(Goldens.model("llama-tied"));
    List<TensorSpecification> specifications = directory.configuration().asClassifier().tensors();
    List<float[]> values = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (TensorSpecification tensor : specifications) {
      values.add(
          tensor.name().equals("score.weight")
              ? floats(random, Math.toIntExact(tensor.size()))
              : directory.readTensor(tensor.name()));
    }
    try (Decoder decoder = new Decoder(directory.configuration().asClassifier());
        PackedWeights weights = PackedWeights.taking(decoder, Weights.of(specifications, values));
        InferenceModel inference = new InferenceModel(decoder, MicroBatchSettings.DEFAULT)) {
      List<TokenRow> rows = rows();
      float[] together = inference.scores(weights, rows);
      for (int i = 0; i < rows.size(); i++) {
        float alone = inference.scores(weights, List.of(rows.get(i)))[0];
        assertThat(together[i]).isCloseTo(alone, within(1e-5f));
      }
    }
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
