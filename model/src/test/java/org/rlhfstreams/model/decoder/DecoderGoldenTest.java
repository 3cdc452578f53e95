package org.rlhfstreams.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.SafetensorsFile;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Generator;
import org.rlhfstreams.model.generation.GeneratorSettings;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.TokenRow;

/** Logits, log-probabilities and greedy tokens are those of transformers. */
final class DecoderGoldenTest {
  private static final int TIME = 40;
  private static final int[] LENGTHS = {40, 23};
  private static final double TOLERANCE = 1e-4;

  static Stream<String> models() {
    String[] names = Goldens.resource("/goldens/models").toFile().list();
    return Arrays.stream(names).sorted();
  }

  @ParameterizedTest
  @MethodSource("models")
  void valuesAreThoseOfTransformers(String name) {
    ModelDirectory model = ModelDirectory.open(Goldens.model(name));
    SafetensorsFile golden =
        SafetensorsFile.open(Goldens.model(name).resolve("golden.safetensors"));
    long[] flat = Goldens.integers(golden, "input_ids");
    int vocabulary = model.configuration().vocabularySize();
    float[] expected = golden.readFloats("logits");
    int[] lengths = Arrays.copyOf(LENGTHS, expected.length / TIME / vocabulary);
    long[][] ids = new long[lengths.length][];
    for (int row = 0; row < ids.length; row++) {
      ids[row] = Arrays.copyOfRange(flat, row * TIME, row * TIME + LENGTHS[row]);
    }
    try (Decoder decoder = new Decoder(model.configuration());
        Weights weights = Weights.read(model);
        PackedWeights packed = PackedWeights.taking(decoder, Weights.read(model));
        NDManager scope = NDManager.newBaseManager("PyTorch")) {
      for (int row = 0; row < ids.length; row++) {
        float[] alone = decoder.logits(scope, new long[][] {ids[row]}, weights).toFloatArray();
        float[] of = Arrays.copyOfRange(expected, row * TIME * vocabulary, expected.length);
        assertClose(alone, of, new int[] {LENGTHS[row]}, vocabulary, 0);
      }
      if (Arrays.stream(lengths).map(decoder::lengthClass).distinct().count() == 1) {
        float[] padded = decoder.logits(scope, ids, weights).toFloatArray();
        assertClose(padded, expected, lengths, vocabulary, 0);
      }
      if (golden.names().contains("next_token_log_probs")) { // the bf16 golden has logits alone
        assertLogProbabilities(decoder, packed, ids, golden.readFloats("next_token_log_probs"));
      }
      if (golden.names().contains("greedy")) {
        int[] tokens =
            Arrays.stream(Goldens.integers(golden, "greedy")).mapToInt(Math::toIntExact).toArray();
        assertGreedy(decoder, packed, tokens, 1);
        assertGreedy(decoder, packed, tokens, 5);
      }
    }
  }

  private static void assertClose(
      float[] actual, float[] expected, int[] lengths, int width, int cut) {
    for (int row = 0; row < lengths.length; row++) {
      for (int t = 0; t < lengths[row] - cut; t++) {
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
      Decoder decoder, PackedWeights packed, long[][] ids, float[] expected) {
    List<TokenRow> rows = new ArrayList<>();
    for (long[] row : ids) {
      rows.add(new TokenRow(Arrays.stream(row).mapToInt(Math::toIntExact).toArray(), 1));
    }
    try (InferenceModel inference = new InferenceModel(decoder, MicroBatchSettings.DEFAULT)) {
      float[][] byRow = inference.logProbabilities(packed, rows, new double[] {1, 1});
      float[] padded = new float[rows.size() * (TIME - 1)];
      for (int row = 0; row < rows.size(); row++) {
        System.arraycopy(byRow[row], 0, padded, row * (TIME - 1), byRow[row].length);
      }
      assertClose(padded, expected, LENGTHS, 1, 1);
    }
  }

  /**
   * The golden's prompt, among others of other lengths; through prefill and then token by token.
   */
  private static void assertGreedy(
      Decoder decoder, PackedWeights packed, int[] expected, int batch) {
    int[] prompt = Arrays.copyOf(expected, 6);
    Sampling greedy = new Sampling(0, 0, 1, 24, 0);
    try (Generator generator =
        new Generator(decoder, packed, 0, new GeneratorSettings(batch, 40, Set.of()))) {
      for (int mate = 1; mate < batch; mate++) {
        int[] other = Arrays.copyOfRange(expected, mate, 3 * mate + 2);
        generator.submit(new GenerationRequest("mate " + mate, other, greedy));
      }
      generator.submit(new GenerationRequest("golden", prompt, greedy));
      List<Generation> finished = new ArrayList<>();
      while (!generator.idle()) {
        finished.addAll(generator.step());
      }
      for (Generation generation : finished) {
        if (generation.request().id().equals("golden")) {
          assertThat(generation.tokenIds()).isEqualTo(Arrays.copyOfRange(expected, 6, 30));
        }
        assertThat(generation.logProbabilities())
            .as("log-probabilities of %s", generation.request().id())
            .usingComparatorWithPrecision((float) TOLERANCE)
            .containsExactly(ofWholeSequence(decoder, packed, generation));
      }
    }
  }

  private static float[] ofWholeSequence(
      Decoder decoder, PackedWeights packed, Generation generation) {
    TokenRow row = TokenRow.of(generation.request().promptTokenIds(), generation.tokenIds());
    try (InferenceModel inference = new InferenceModel(decoder, MicroBatchSettings.DEFAULT)) {
      return inference.logProbabilities(packed, List.of(row), new double[] {1})[0];
    }
  }
}
