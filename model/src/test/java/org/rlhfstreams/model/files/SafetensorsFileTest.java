package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;

final class SafetensorsFileTest {
  @TempDir private Path temporary;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = temporary.resolve("model.safetensors");
  }

  @Test
  void mappedBytesAreWhatTheFileHolds() {
    SafetensorsFile golden =
        SafetensorsFile.open(Goldens.model("llama-tied-bf16").resolve("model.safetensors"));
    for (String name : golden.names()) {
      ByteBuffer bytes = golden.bytes(name);
      assertThat(bytes.isDirect()).isTrue();
      assertThat(bytes.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      assertThat(bytes.remaining()).isEqualTo(ModelFiles.length(golden, name));
      float[] values = golden.readFloats(name);
      for (int i = 0; i < values.length; i++) {
        assertThat(Float.floatToRawIntBits(values[i]) >>> 16)
            .isEqualTo(bytes.getShort(2 * i) & 0xFFFF);
      }
      assertThat(golden.bytes(name, 2, 4).getShort(0)).isEqualTo(bytes.getShort(2));
    }
  }

  @Test
  void tensorsBeyondTwoGigabytesAreReachedAndALargerOneIsTakenInParts() throws IOException {
    long size = 3L << 30;
    String header =
        String.format(
            Locale.ROOT,
            """
        {"big":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]},\
        "last":{"dtype":"I64","shape":[2],"data_offsets":[%d,%d]}}""",
            size,
            size,
            size,
            size + 16);
    Files.write(file, ModelFiles.safetensors(header, 0));
    ByteBuffer last = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    last.putLong(7).putLong(-7).flip();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertThat(channel.write(last, channel.size() + size)).isEqualTo(16); // a hole on the disk
    }
    SafetensorsFile opened = SafetensorsFile.open(file);
    assertThat(Goldens.integers(opened, "last")).containsExactly(7, -7);
    assertThat(opened.bytes("last").getLong(8)).isEqualTo(-7);
    assertThat(opened.bytes("big", size - 4, 4).getInt()).isZero();
    assertThatThrownBy(() -> opened.bytes("big"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("big")
        .hasMessageContaining("in parts");
  }

  @Test
  void aFileThatShrinksIsRefusedInsteadOfMapped() throws IOException {
    Files.copy(Goldens.model("llama-tied").resolve("model.safetensors"), file);
    SafetensorsFile opened = SafetensorsFile.open(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(5000);
    }
    assertThatThrownBy(() -> opened.bytes("model.norm.weight"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("open the model again");
    assertThatThrownBy(() -> opened.readFloats("model.norm.weight"))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void typesAreOrderedAsTheFormatsLibraryOrdersThem() throws IOException {
    SafetensorsWriter.write(
        file,
        List.of(
            zeros("b", ElementType.BF16, 3),
            zeros("a", ElementType.F16, 3),
            zeros("z", ElementType.F32),
            zeros("empty", ElementType.F32, 0, 4),
            zeros("i", ElementType.I64, 1),
            zeros("é", ElementType.U8, 1)),
        Map.of("format", "pt"));
    String header =
        """
        {"__metadata__":{"format":"pt"},\
        "i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},\
        "empty":{"dtype":"F32","shape":[0,4],"data_offsets":[8,8]},\
        "z":{"dtype":"F32","shape":[],"data_offsets":[8,12]},\
        "b":{"dtype":"BF16","shape":[3],"data_offsets":[12,18]},\
        "a":{"dtype":"F16","shape":[3],"data_offsets":[18,24]},\
        "é":{"dtype":"U8","shape":[1],"data_offsets":[24,25]}}""";
    int length = header.getBytes(StandardCharsets.UTF_8).length;
    String padded = header + " ".repeat((8 - length % 8) % 8);
    assertThat(Files.readAllBytes(file)).isEqualTo(ModelFiles.safetensors(padded, 25));
    SafetensorsFile opened = SafetensorsFile.open(file);
    assertThat(opened.readFloats("empty")).isEmpty();
    assertThat(opened.bytes("empty").remaining()).isZero();
    assertThat(opened.readFloats("z")).hasSize(1);
    assertThatThrownBy(() -> opened.type("é"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("tensor é is of type U8; supported are F32, BF16 and F16");
  }

  private static TensorSource zeros(String name, ElementType type, long... shape) {
    TensorSpecification specification =
        new TensorSpecification(name, Arrays.stream(shape).boxed().toList());
    return ModelFiles.zeros(specification, type);
  }

  @Test
  void aTensorOfAnotherLengthThanItsShapeIsNotWritten() {
    TensorSource shorter =
        TensorSource.ofFloats(
            new TensorSpecification("t", List.of(3L)), TensorType.F32, () -> new float[2]);
    assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(shorter), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tensor t of shape [3] and type F32 takes 12 bytes, but 8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | tensor t of shape",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}} | tensor t the data_off",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | tensor t the shape",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}} | tensor t the data_of",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}} | tensor t the shape",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}} | tensor t no shape",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}} | tensor t the data_off",
        "{\"t\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}} | tensor t the unknown",
        "{\"t\":{\"dtype\":\"F4\",\"shape\":[1],\"data_offsets\":[0,1]}} | tensor t of shape",
        "{\"t\":{\"shape\":[1],\"data_offsets\":[0,4]}} | tensor t the unknown dtype",
        "{\"t\":4} | tensor t the unknown dtype",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}"
            + "| tensor t of shape",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}"
            + "| tensor t the shape",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}} | no tensor owns",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]}} | tensor t at bytes 0 to 5",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},"
            + "\"u\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}} | tensor u at bytes",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"u\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}} | tensor u at bytes",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
            + "\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}} | Duplicate field 't'",
        "{\"t\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}"
            + "| Duplicate field 'dtype'",
        "{\"__metadata__\":{\"format\":1}} | __metadata__ whose format is no text",
        "{\"__metadata__\":[]} | __metadata__ that is not an object",
        "[1] | not a JSON object",
        "{} {} | not JSON",
        "{\"t\" | not JSON",
      })
  void aHeaderThatIsWrongIsRefusedWithFileAndTensorAndWhatToDo(String header, String problem)
      throws IOException {
    Files.write(file, ModelFiles.safetensors(header, 4));
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + " is corrupt")
        .hasMessageContaining(problem)
        .hasMessageEndingWith("fetch or write it again");
  }

  @Test
  void anAbsurdlyDeepHeaderIsRefused() throws IOException {
    Files.write(file, ModelFiles.safetensors("{\"t\":" + "[".repeat(1_000_000), 0));
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("nesting depth");
  }

  @Test
  void aHeaderLongerThanTheFileIsRefused() throws IOException {
    for (long length : new long[] {-1, 0, 3, 1L << 40}) {
      Files.write(
          file, ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      assertThatThrownBy(() -> SafetensorsFile.open(file))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("announces a header of");
    }
    Files.write(file, new byte[7]);
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("too few for a header");
  }
}
