package org.rlhfstreams.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.SafetensorsFile;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.TokenRow;

/** Logits, log-probabilities and greedy tokens are those of transformers. */
final class DecoderGoldenTest {
  private static final int TIME = 40;
  private static final int[] LENGTHS = {40, 23};
  private static final double TOLERANCE = 1e-4;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "mistral-sliding",
        "qwen2-bias",
        "qwen3-qk-norm",
        "llama-tied",
        "llama-tied-bf16",
        "llama-untied-headdim",
        "llama-linear-rope",
        "llama3-rope-scaling"
      })
  void valuesAreThoseOfTransformers(String name) {
    ModelDirectory model = ModelDirectory.open(Goldens.model(name));
    SafetensorsFile golden =
        SafetensorsFile.open(Goldens.model(name).resolve("golden.safetensors"));
    long[] flat = golden.readIntegers("input_ids");
    long[][] ids = new long[flat.length / TIME][];
    for (int row = 0; row < ids.length; row++) {
      ids[row] = Arrays.copyOfRange(flat, row * TIME, row * TIME + LENGTHS[row]);
    }
    try (Decoder decoder = new Decoder(model.configuration());
        Weights weights = Weights.read(model);
        NDManager scope = NDManager.newBaseManager("PyTorch")) {
      float[] logits = decoder.logits(scope, ids, weights).toFloatArray();
      assertClose(
          logits,
          golden.readFloats("logits"),
          ids.length,
          model.configuration().vocabularySize(),
          0);
      if (golden.names().contains("greedy")) { // the bf16 golden has logits alone
        assertLogProbabilities(decoder, weights, ids, golden.readFloats("next_token_log_probs"));
        assertGreedy(decoder, weights, golden.readIntegers("greedy"));
      }
    }
  }

  private static void assertClose(float[] actual, float[] expected, int rows, int width, int cut) {
    for (int row = 0; row < rows; row++) {
      for (int t = 0; t < LENGTHS[row] - cut; t++) {
        for (int v = 0; v < width; v++) {
          int at = (row * (TIME - cut) + t) * width + v;
          assertThat(Math.abs(actual[at] - expected[at]))
              .as("row %d, token %d, entry %d", row, t, v)
              .isLessThanOrEqualTo((float) TOLERANCE);
        }
      }
    }
  }

  private static void assertLogProbabilities(
      Decoder decoder, Weights weights, long[][] ids, float[] expected) {
    List<TokenRow> rows = new ArrayList<>();
    for (long[] row : ids) {
      rows.add(new TokenRow(Arrays.stream(row).mapToInt(Math::toIntExact).toArray(), 1));
    }
    try (InferenceModel inference = new InferenceModel(decoder, MicroBatchSettings.DEFAULT)) {
      float[][] byRow = inference.logProbabilities(weights, rows, new double[] {1, 1});
      float[] padded = new float[rows.size() * (TIME - 1)];
      for (int row = 0; row < rows.size(); row++) {
        System.arraycopy(byRow[row], 0, padded, row * (TIME - 1), byRow[row].length);
      }
      assertClose(padded, expected, rows.size(), 1, 1);
    }
  }

  private static void assertGreedy(Decoder decoder, Weights weights, long[] expected) {
    int[] tokens = Arrays.stream(expected).mapToInt(Math::toIntExact).toArray();
    int[] prompt = Arrays.copyOf(tokens, 6);
    try (Generator generator = new Generator(decoder, weights, 0, 1, 40, Set.of())) {
      generator.submit(new GenerationRequest("greedy", prompt, new Sampling(0, 0, 1, 24, 0)));
      List<Generation> finished = new ArrayList<>();
      while (!generator.idle()) {
        finished.addAll(generator.step());
      }
      assertThat(finished.get(0).tokenIds()).isEqualTo(Arrays.copyOfRange(tokens, 6, 30));
    }
  }
}
