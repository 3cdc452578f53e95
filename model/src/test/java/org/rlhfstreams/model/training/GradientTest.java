package org.rlhfstreams.model.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.RopeTables;
import org.rlhfstreams.model.decoder.TokenMatrix;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/** Gradients are those of the function, and do not depend on how a pass is cut. */
@Tag("slow")
final class GradientTest {
  private static final OptimizerSettings OPTIMIZER = new OptimizerSettings(0.9, 0.95, 1e-8, 0, 0);
  private static final MicroBatchSettings WHOLE =
      new MicroBatchSettings(1 << 20, 1 << 20, 512, 1 << 30, false, false);
  private static final int[] TOKENS = {7, 3, 9, 21, 40, 11, 5, 60, 33, 8, 19, 27};
  private static final int RESPONSE_START = 4;
  private static final double TEMPERATURE = 0.8;

  static Stream<String> models() {
    return Arrays.stream(Goldens.resource("/goldens/models").toFile().list()).sorted();
  }

  @ParameterizedTest
  @MethodSource("models")
  void gradientsAreThoseOfCentralDifferences(String name) {
    ModelDirectory directory = ModelDirectory.open(Goldens.model(name));
    TokenRow row = new TokenRow(TOKENS, RESPONSE_START);
    float[] onLogProbabilities = coefficients(1);
    float[] onEntropies = coefficients(2);
    try (Decoder decoder = new Decoder(directory.configuration(), ComputeType.FLOAT64);
        TrainableModel model =
            new TrainableModel(
                decoder, Weights.read(directory, ComputeType.FLOAT64), false, OPTIMIZER, WHOLE)) {
      try (Pass pass = model.tokenPass(List.of(row), new double[] {TEMPERATURE}, true)) {
        pass.backward(
            new PassGradients(
                new float[][] {onLogProbabilities}, new float[][] {onEntropies}, null));
      }
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < model.gradients().size(); i++) {
        double[] gradient = model.gradients().get(i).toDoubleArray();
        NDArray weight = model.weights().tensors().get(i);
        double[] values = weight.toDoubleArray();
        for (int sample = 0; sample < 3; sample++) {
          int at =
              i == 0
                  ? embeddingEntry(random, values.length, directory)
                  : random.nextInt(values.length);
          double numeric =
              centralDifference(decoder, model, i, at, onLogProbabilities, onEntropies);
          double scale = Math.max(1e-3, Math.abs(numeric));
          assertThat(Math.abs(gradient[at] - numeric) / scale)
              .as("%s entry %d", model.weights().specifications().get(i).name(), at)
              .isLessThan(1e-5);
        }
      }
    }
  }

  /** An entry of a token that the row has: the others' gradients are of the head alone. */
  private static int embeddingEntry(SplittableRandom random, int size, ModelDirectory directory) {
    int hidden = directory.configuration().hiddenSize();
    return TOKENS[random.nextInt(TOKENS.length)] * hidden % size + random.nextInt(hidden);
  }

  private static double centralDifference(
      Decoder decoder, TrainableModel model, int tensor, int at, float[] onLp, float[] onEntropy) {
    NDArray weight = model.weights().tensors().get(tensor);
    double[] values = weight.toDoubleArray();
    double step = 1e-5;
    double kept = values[at];
    values[at] = kept + step;
    double above = value(decoder, with(model, tensor, values), onLp, onEntropy);
    values[at] = kept - step;
    double below = value(decoder, with(model, tensor, values), onLp, onEntropy);
    return (above - below) / (2 * step);
  }

  private static List<NDArray> with(TrainableModel model, int tensor, double[] values) {
    List<NDArray> changed = new ArrayList<>(model.weights().tensors());
    NDArray original = changed.get(tensor);
    changed.set(tensor, original.getManager().create(values, original.getShape()));
    return changed;
  }

  private static double value(
      Decoder decoder, List<NDArray> weights, float[] onLp, float[] onEntropy) {
    try (NDManager scope = NDManager.newBaseManager("PyTorch")) {
      long[] ids = Arrays.stream(TOKENS).asLongStream().toArray();
      int count = TOKENS.length - RESPONSE_START;
      long[] index = new long[count];
      long[] targets = new long[count];
      float[] temperatures = new float[count];
      for (int t = 0; t < count; t++) {
        index[t] = RESPONSE_START - 1L + t;
        targets[t] = TOKENS[RESPONSE_START + t];
        temperatures[t] = (float) TEMPERATURE;
      }
      RopeTables.Tables rope = decoder.rope(TOKENS.length);
      NDArray hidden =
          decoder
              .run(
                  "hidden_at",
                  scope,
                  Argument.of(TokenMatrix.create(scope, new long[][] {ids})),
                  Argument.of(TokenMatrix.positions(scope, TOKENS.length)),
                  Argument.of(decoder.none()),
                  Argument.of(scope.create(index)),
                  Argument.of(rope.cos()),
                  Argument.of(rope.sin()),
                  Argument.list(weights))
              .get(0);
      NDList statistics =
          decoder.run(
              "token_statistics",
              scope,
              Argument.of(hidden),
              Argument.of(scope.create(targets)),
              Argument.of(scope.create(temperatures).reshape(count, 1)),
              Argument.of(scope.create(5L)),
              Argument.of(scope.create(true)),
              Argument.of(scope.create(0L)),
              Argument.list(weights));
      double[] logProbabilities = statistics.get(0).toDoubleArray();
      double[] entropies = statistics.get(1).toDoubleArray();
      double sum = 0;
      for (int t = 0; t < count; t++) {
        sum += onLp[t] * logProbabilities[t] + onEntropy[t] * entropies[t];
      }
      return sum;
    }
  }

  private static float[] coefficients(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[TOKENS.length - RESPONSE_START];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-untied-headdim", "qwen2-sliding", "gpt2"})
  void gradientsDoNotDependOnHowAPassIsCut(String name) {
    List<float[]> whole = gradients(name, WHOLE);
    assertClose(
        gradients(name, new MicroBatchSettings(1, 1 << 20, 3, 1 << 30, false, false)), whole);
    assertClose(gradients(name, new MicroBatchSettings(64, 0, 7, 0, false, false)), whole);
    assertClose(
        gradients(name, new MicroBatchSettings(1 << 20, 1 << 20, 64, 0, true, false)), whole);
    assertClose(
        gradients(name, new MicroBatchSettings(300, 1 << 20, 64, 1 << 30, true, true)), whole);
    assertClose(gradients(name, new MicroBatchSettings(300, 0, 64, 1 << 30, false, true)), whole);
  }

  @Test
  void bfloat16GradientsPointTheSameWay() {
    List<float[]> exact = gradients("llama-untied-headdim", WHOLE);
    List<float[]> half = gradients("llama-untied-headdim", WHOLE, ComputeType.BFLOAT16);
    double product = 0;
    double exactSquares = 0;
    double halfSquares = 0;
    for (int i = 0; i < exact.size(); i++) {
      for (int j = 0; j < exact.get(i).length; j++) {
        product += (double) exact.get(i)[j] * half.get(i)[j];
        exactSquares += (double) exact.get(i)[j] * exact.get(i)[j];
        halfSquares += (double) half.get(i)[j] * half.get(i)[j];
      }
    }
    assertThat(product / Math.sqrt(exactSquares * halfSquares)).isGreaterThan(0.999);
  }

  private static List<float[]> gradients(String name, MicroBatchSettings settings) {
    return gradients(name, settings, ComputeType.FLOAT32);
  }

  /** Three pairs whose sides share a long prompt, and rows that stand alone. */
  private static List<float[]> gradients(
      String name, MicroBatchSettings settings, ComputeType type) {
    ModelDirectory directory = ModelDirectory.open(Goldens.model(name));
    SplittableRandom random = new SplittableRandom(11);
    List<TokenRow> rows = new ArrayList<>();
    for (int pair = 0; pair < 3; pair++) {
      int[] prompt = random.ints(50 + 3L * pair, 0, 90).toArray();
      rows.add(TokenRow.of(prompt, random.ints(9, 0, 90).toArray()));
      rows.add(new TokenRow(random.ints(12, 0, 90).toArray(), 3));
      rows.add(TokenRow.of(prompt, random.ints(5 + 2L * pair, 0, 90).toArray()));
    }
    try (Decoder decoder = new Decoder(directory.configuration(), type);
        TrainableModel model =
            new TrainableModel(decoder, Weights.read(directory), false, OPTIMIZER, settings)) {
      double[] temperatures = new double[rows.size()];
      Arrays.fill(temperatures, 0.9);
      try (Pass pass = model.tokenPass(rows, temperatures, true)) {
        float[][] onLogProbabilities = new float[rows.size()][];
        float[][] onEntropies = new float[rows.size()][];
        for (int i = 0; i < rows.size(); i++) {
          onLogProbabilities[i] = new float[rows.get(i).responseLength()];
          onEntropies[i] = new float[rows.get(i).responseLength()];
          Arrays.fill(onLogProbabilities[i], 0.1f * (i % 4) - 0.15f);
          Arrays.fill(onEntropies[i], 0.02f * i);
        }
        pass.backward(new PassGradients(onLogProbabilities, onEntropies, null));
      }
      return model.gradients().stream().map(NDArray::toFloatArray).toList();
    }
  }

  private static void assertClose(List<float[]> actual, List<float[]> expected) {
    for (int i = 0; i < expected.size(); i++) {
      float largest = 0;
      float difference = 0;
      for (int j = 0; j < expected.get(i).length; j++) {
        largest = Math.max(largest, Math.abs(expected.get(i)[j]));
        difference = Math.max(difference, Math.abs(actual.get(i)[j] - expected.get(i)[j]));
      }
      assertThat(difference).as("tensor %d", i).isLessThanOrEqualTo(2e-5f * (largest + 1e-3f));
    }
  }
}
