package org.rlhfstreams.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.TokenRow;

/** Weights that are read and replaced where they lie compute what copies of them compute. */
final class LiveWeightsTest {
  private static final String LAST = "model.norm.weight";

  private final ModelDirectory starter = ModelDirectory.open(Path.of("..", "models", "starter"));

  /** Another model's tensors, the last of them with some bits set in its last number. */
  private record Damaged(ModelDirectory model, TensorType type, int bits) implements TensorBytes {
    @Override
    public String origin() {
      return "version 0.7";
    }

    @Override
    public String elementType(String tensor) {
      return type.name();
    }

    @Override
    public ByteBuffer bytes(String tensor, long from, int length) {
      float[] values = model.readTensor(tensor);
      ByteBuffer all =
          ByteBuffer.allocateDirect(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        int stored =
            tensor.equals(LAST) && i == values.length - 1 ? bits : Float.floatToIntBits(values[i]);
        if (type == TensorType.F32) {
          all.putInt(4 * i, stored);
        } else {
          all.putShort(2 * i, (short) (stored >>> 16));
        }
      }
      return all.slice(Math.toIntExact(from), length).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static float[][] logProbabilities(Decoder decoder, PackedWeights weights) {
    SplittableRandom random = new SplittableRandom(5);
    List<TokenRow> rows =
        List.of(
            new TokenRow(random.ints(30, 0, 90).toArray(), 12),
            new TokenRow(random.ints(17, 0, 90).toArray(), 3));
    try (InferenceModel model = new InferenceModel(decoder, MicroBatchSettings.DEFAULT)) {
      return model.logProbabilities(weights, rows, new double[] {1, 0.7});
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../models/starter", "gpt2", "llama-untied-headdim"})
  void whatIsLaidOutAsItIsReadComputesTheSameBits(String name) {
    ModelDirectory model =
        ModelDirectory.open(name.contains("/") ? Path.of(name) : Goldens.model(name));
    try (Decoder decoder = new Decoder(model.configuration());
        PackedWeights copied = PackedWeights.taking(decoder, Weights.read(model));
        PackedWeights read = PackedWeights.read(decoder, model)) {
      assertThat(logProbabilities(decoder, read)).isDeepEqualTo(logProbabilities(decoder, copied));
    }
  }

  @Test
  void aVersionThatIsNotFiniteIsRefusedBeforeTheOneInUseIsGone() {
    try (Decoder decoder = new Decoder(starter.configuration());
        LiveWeights live = new LiveWeights(decoder, starter)) {
      float[][] before = logProbabilities(decoder, live.active());
      for (TensorType type : List.of(TensorType.F32, TensorType.BF16)) {
        for (int bits : new int[] {0x7F800000, 0xFF800000, 0x7FC00000}) {
          assertThatThrownBy(() -> live.replace(new Damaged(starter, type, bits)))
              .isInstanceOf(ModelException.class)
              .hasMessageContaining("version 0.7: tensor " + LAST + " holds a number that is not");
        }
      }
      assertThat(logProbabilities(decoder, live.active())).isDeepEqualTo(before);
      live.replace(new Damaged(starter, TensorType.F32, 0xFF7FFFFF)); // the largest there is
      assertThat(Arrays.deepEquals(logProbabilities(decoder, live.active()), before)).isFalse();
      live.replace(starter);
      assertThat(logProbabilities(decoder, live.active())).isDeepEqualTo(before);
    }
  }

  @Test
  void oddNumbersOfHalvesAreLookedAtToo() {
    TensorSpecification odd = new TensorSpecification("odd", List.of(5L));
    for (int at = 0; at < 5; at++) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(10).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putShort(2 * at, (short) 0x7F80);
      assertThatThrownBy(() -> FiniteNumbers.require(source(bytes), List.of(odd)))
          .isInstanceOf(ModelException.class);
      bytes.putShort(2 * at, (short) 0xFF7F);
      FiniteNumbers.require(source(bytes), List.of(odd));
    }
  }

  private static TensorBytes source(ByteBuffer bytes) {
    return new TensorBytes() {
      @Override
      public String origin() {
        return "here";
      }

      @Override
      public String elementType(String tensor) {
        return "BF16";
      }

      @Override
      public ByteBuffer bytes(String tensor, long from, int length) {
        return bytes.slice(Math.toIntExact(from), length);
      }
    };
  }
}
