package org.rlhfstreams.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorValues;

/** Low-rank adapters train alone, and merge into what they did. */
final class AdapterTest {
  private static final OptimizerSettings OPTIMIZER = new OptimizerSettings(0.9, 0.95, 1e-8, 0, 0);
  private static final double[] TEMPERATURES = {1, 1, 0.8};

  private static List<TokenRow> rows() {
    SplittableRandom random = new SplittableRandom(7);
    List<TokenRow> rows = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      rows.add(new TokenRow(random.ints(14 + 5L * i, 0, 90).toArray(), 4));
    }
    return rows;
  }

  private static LowRankAdapters adapters(String name) {
    Set<String> targets =
        name.startsWith("gpt2")
            ? Set.of("c_attn", "c_proj", "c_fc")
            : Set.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
    return new LowRankAdapters(3, 6, targets, false);
  }

  private static TrainableModel model(
      ModelDirectory directory, Decoder decoder, MicroBatchSettings settings) {
    Weights adapters =
        Weights.initialAdapters(
            decoder.adapters().orElseThrow(), directory.configuration(), List.of(), 1);
    return TrainableModel.withAdapters(
        decoder, Weights.read(directory, decoder.type()), adapters, false, OPTIMIZER, settings);
  }

  private static void step(TrainableModel model) {
    try (Pass pass = model.tokenPass(rows(), TEMPERATURES, true)) {
      float[][] gradients = new float[rows().size()][];
      for (int i = 0; i < gradients.length; i++) {
        gradients[i] = new float[rows().get(i).responseLength()];
        Arrays.fill(gradients[i], -0.05f);
      }
      pass.backward(PassGradients.ofLogProbabilities(gradients));
    }
    assertThat(model.update(2e-2).applied()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-untied-headdim", "gpt2", "qwen3-qk-norm", "qwen2-bias"})
  void adaptersTrainAndTheReferenceStays(String name) {
    ModelDirectory directory = ModelDirectory.open(Goldens.model(name));
    for (boolean checkpointed : new boolean[] {false, true}) {
      MicroBatchSettings settings = MicroBatchSettings.DEFAULT.withCheckpointLayers(checkpointed);
      try (Decoder decoder =
              new Decoder(
                  directory.configuration(), ComputeType.FLOAT32, Optional.of(adapters(name)));
          Decoder plain = new Decoder(directory.configuration());
          PackedWeights base = PackedWeights.taking(plain, Weights.read(directory));
          InferenceModel inference = new InferenceModel(plain, settings);
          TrainableModel model = model(directory, decoder, settings)) {
        float[][] before = inference.logProbabilities(base, rows(), TEMPERATURES);
        assertClose(policy(model), before);
        for (int i = 0; i < 5; i++) {
          step(model);
        }
        float[][] trained = policy(model);
        assertThat(mean(trained)).isGreaterThan(mean(before) + 0.05);
        try (Pass reference =
            new Pass(
                plain,
                model.allWeights(),
                settings,
                rows(),
                HeadPosition.RESPONSE_STATES,
                new PassHeads(true, false, false, false, TEMPERATURES))) {
          assertClose(reference.logProbabilities(), before);
        }
        try (PackedWeights merged =
            PackedWeights.taking(plain, model.snapshot(ComputeType.FLOAT32))) {
          assertClose(inference.logProbabilities(merged, rows(), TEMPERATURES), trained);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-untied-headdim", "gpt2"})
  void tensorsThatAreMergedOneByOneAreThoseOfTheMergedModel(String name) throws IOException {
    ModelDirectory directory = ModelDirectory.open(Goldens.model(name));
    try (Decoder decoder =
            new Decoder(
                directory.configuration(), ComputeType.FLOAT32, Optional.of(adapters(name)));
        TrainableModel model = model(directory, decoder, MicroBatchSettings.DEFAULT)) {
      List<float[]> readings = model.readings();
      step(model); // what was taken before is read as it is now
      try (Weights merged = model.snapshot(ComputeType.FLOAT32)) {
        List<float[]> expected = merged.values();
        assertThat(readings).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
          assertThat(readings.get(i)).isEqualTo(expected.get(i));
          FloatBuffer pieces = FloatBuffer.allocate(expected.get(i).length);
          TensorValues.source(readings, i).inPieces((piece, count) -> pieces.put(piece, 0, count));
          assertThat(pieces.array()).isEqualTo(expected.get(i));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-untied-headdim", "gpt2"})
  void gradientsOfAdaptersAreThoseOfFiniteDifferences(String name) {
    ModelDirectory directory = ModelDirectory.open(Goldens.model(name));
    try (Decoder decoder =
            new Decoder(
                directory.configuration(), ComputeType.FLOAT32, Optional.of(adapters(name)));
        TrainableModel model = model(directory, decoder, MicroBatchSettings.DEFAULT)) {
      step(model); // B is no longer zero
      float[][] ones = new float[rows().size()][];
      try (Pass pass = model.tokenPass(rows(), TEMPERATURES, true)) {
        for (int i = 0; i < ones.length; i++) {
          ones[i] = new float[rows().get(i).responseLength()];
          Arrays.fill(ones[i], 1);
        }
        pass.backward(PassGradients.ofLogProbabilities(ones));
      }
      List<float[]> gradients = model.gradients().stream().map(NDArray::toFloatArray).toList();
      List<float[]> values = model.weights().values();
      for (int i = 0; i < values.size(); i += 3) {
        float[] direction = gradients.get(i);
        double squares = 0;
        for (float g : direction) {
          squares += (double) g * g;
        }
        // along the gradient, so that float32 suffices
        double step = 2e-3 / Math.sqrt(squares);
        double above = moved(model, i, values.get(i), direction, step);
        double below = moved(model, i, values.get(i), direction, -step);
        model.weights().assign(i, FloatBuffer.wrap(values.get(i)));
        assertThat((above - below) / (2 * step) / squares).isCloseTo(1, within(0.01));
      }
    }
  }

  private static double moved(
      TrainableModel model, int tensor, float[] values, float[] direction, double step) {
    float[] moved = values.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (step * direction[i]);
    }
    model.weights().assign(tensor, FloatBuffer.wrap(moved));
    double sum = 0;
    for (float[] row : policy(model)) {
      for (float logProbability : row) {
        sum += logProbability;
      }
    }
    return sum;
  }

  @Test
  void adaptersLearnTheSameWhenLogitsAreComputedAgain() {
    List<float[]> kept = trainedWith(MicroBatchSettings.DEFAULT);
    List<float[]> computedAgain =
        trainedWith(new MicroBatchSettings(4096, 8192, 512, 0, true, false));
    for (int i = 0; i < kept.size(); i++) {
      assertThat(computedAgain.get(i)).containsExactly(kept.get(i), within(1e-4f));
    }
  }

  private static List<float[]> trainedWith(MicroBatchSettings settings) {
    ModelDirectory directory = ModelDirectory.open(Goldens.model("qwen2-bias"));
    try (Decoder decoder =
            new Decoder(
                directory.configuration(),
                ComputeType.FLOAT32,
                Optional.of(adapters("qwen2-bias")));
        TrainableModel model = model(directory, decoder, settings)) {
      step(model);
      return model.weights().values();
    }
  }

  @Test
  void aTargetThatTheModelDoesNotHaveIsRefusedByName() {
    ModelDirectory directory = ModelDirectory.open(Goldens.model("gpt2"));
    LowRankAdapters adapters = new LowRankAdapters(2, 4, Set.of("q_proj"), false);
    assertThatThrownBy(() -> adapters.tensors(directory.configuration()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("q_proj")
        .hasMessageContaining("c_attn");
  }

  private static float[][] policy(TrainableModel model) {
    try (Pass pass = model.tokenPass(rows(), TEMPERATURES, true)) {
      return pass.logProbabilities();
    }
  }

  private static double mean(float[][] byRow) {
    double sum = 0;
    int count = 0;
    for (float[] row : byRow) {
      for (float value : row) {
        sum += value;
        count++;
      }
    }
    return sum / count;
  }

  private static void assertClose(float[][] actual, float[][] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).usingComparatorWithPrecision(2e-5f).containsExactly(expected[i]);
    }
  }
}
