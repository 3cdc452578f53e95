package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;

final class ModelDirectoryTest {
  @TempDir private Path temporary;
  private Path copy;

  @BeforeEach
  void copyModel() throws IOException {
    copy = temporary.resolve("model");
    Files.createDirectories(copy);
    try (Stream<Path> files = Files.list(Goldens.model("llama-tied"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void aModelIsReadBackAsItWasSaved() {
    ModelDirectory model = ModelDirectory.open(copy);
    List<float[]> values = new ArrayList<>();
    model.expectedTensors().forEach(tensor -> values.add(model.readTensor(tensor.name())));
    Path saved = temporary.resolve("saved");
    ModelDirectory.save(saved, model.configuration(), values, TensorType.F32, copy);
    ModelDirectory again = ModelDirectory.open(saved);
    assertThat(again.configuration()).isEqualTo(model.configuration());
    for (int i = 0; i < values.size(); i++) {
      assertThat(again.readTensor(model.expectedTensors().get(i).name())).isEqualTo(values.get(i));
    }
    assertThat(saved.resolve("generation_config.json")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-tied", "llama-tied-bf16", "gpt2"})
  void aStoredHeadWithOtherValuesIsUsedWhateverTheConfigurationSays(String name)
      throws IOException {
    Path tied = Goldens.model(name);
    String embedding = ModelDirectory.open(tied).expectedTensors().get(0).name();
    assertThat(ModelDirectory.open(withHead(tied, 1)).expectedTensors())
        .as("the same values: tied")
        .extracting(TensorSpecification::name)
        .doesNotContain("lm_head.weight");

    Path other = withHead(tied, 2);
    ModelDirectory model = ModelDirectory.open(other);
    assertThat(ModelDirectory.readConfiguration(other)).isEqualTo(model.configuration());
    assertThat(model.configuration().tieWordEmbeddings()).isFalse();
    float[] embeddings = model.readTensor(embedding);
    float[] head = model.readTensor("lm_head.weight");
    assertThat(head).hasSameSizeAs(embeddings);
    assertThat(head[0]).isEqualTo(2 * embeddings[0]);

    Path saved = temporary.resolve("saved-" + name);
    ModelDirectory.save(
        saved, model.configuration(), ModelFiles.values(model), TensorType.F32, other);
    assertThat(Files.readString(saved.resolve("config.json")))
        .contains("\"tie_word_embeddings\": false");
    assertThat(ModelDirectory.open(saved).readTensor("lm_head.weight")).isEqualTo(head);
  }

  /** A tied model that also stores a head: its embedding, times a factor. */
  private Path withHead(Path tied, float factor) throws IOException {
    ModelDirectory model = ModelDirectory.open(tied);
    Path directory = Files.createTempDirectory(temporary, "head");
    List<TensorSource> tensors = new ArrayList<>();
    model.expectedTensors().forEach(tensor -> tensors.add(model.source(tensor.name())));
    TensorSpecification embedding = model.expectedTensors().get(0);
    float[] values = model.readTensor(embedding.name());
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    tensors.add(
        TensorSource.ofFloats(
            new TensorSpecification("lm_head.weight", embedding.shape()),
            model.tensorType(embedding.name()),
            () -> values));
    SafetensorsWriter.write(
        directory.resolve("model.safetensors"), tensors, SafetensorsWriter.PYTORCH);
    Files.copy(tied.resolve("config.json"), directory.resolve("config.json"));
    return directory;
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.safetensors"})
  void aMissingFileIsNamed(String file) throws IOException {
    Files.delete(copy.resolve(file));
    assertThatThrownBy(() -> ModelDirectory.open(copy))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(file);
  }

  @Test
  void aFileCutShortIsCalledCorrupt() throws IOException {
    try (RandomAccessFile file =
        new RandomAccessFile(copy.resolve("model.safetensors").toFile(), "rw")) {
      file.setLength(file.length() - 100);
    }
    assertThatThrownBy(() -> ModelDirectory.open(copy))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("model.safetensors is corrupt");
  }

  @Test
  void aDamagedHeaderIsCalledCorrupt() throws IOException {
    try (RandomAccessFile file =
        new RandomAccessFile(copy.resolve("model.safetensors").toFile(), "rw")) {
      file.seek(9);
      file.write('#');
    }
    assertThatThrownBy(() -> ModelDirectory.open(copy))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("is corrupt");
  }

  @Test
  void aShapeThatDoesNotFitTheConfigurationNamesTensorAndBothShapes() throws IOException {
    Path config = copy.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\"intermediate_size\": \\d+", "\"intermediate_size\": 99"));
    assertThatThrownBy(() -> ModelDirectory.open(copy))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("tensor model.layers.0.mlp.")
        .hasMessageContaining("asks for [99");
  }

  @Test
  void anUnsupportedArchitectureIsRefusedByName() throws IOException {
    Path config = copy.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("LlamaForCausalLM", "MambaForCausalLM"));
    assertThatThrownBy(() -> ModelDirectory.open(copy))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("MambaForCausalLM");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"weight_map\": {\"t\": 3}} | tensor t",
        "{\"weight_map\": {\"t\": \"../secret\"}} | tensor t",
        "{\"weight_map\": {\"t\": \"..\"}} | tensor t",
        "{\"weight_map\": {\"t\": \"model.safetensors\"}} | tensor t",
        "{\"weight_map\": {}} | weight_map",
        "{\"weight_map\": [\"t\"]} | weight_map",
        "[1] | not a JSON object",
        "{\"weight_map\": { | not JSON",
        "{\"weight_map\": {\"t\": \"absent.safetensors\"}} | absent.safetensors does not exist",
      })
  void anIndexThatIsWrongIsNamed(String index, String problem) throws IOException {
    Files.writeString(copy.resolve("model.safetensors.index.json"), index);
    assertThatThrownBy(() -> ModelDirectory.open(copy))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(copy.toString())
        .hasMessageContaining(problem);
  }

  @Test
  void aTensorOfAnUnsupportedTypeIsRefusedByName() throws IOException {
    ModelDirectory model = ModelDirectory.open(copy);
    List<TensorSource> tensors = new ArrayList<>();
    for (TensorSpecification tensor : model.expectedTensors()) {
      ElementType type =
          tensor.name().equals("model.norm.weight") ? ElementType.F64 : ElementType.F32;
      tensors.add(ModelFiles.zeros(tensor, type));
    }
    SafetensorsWriter.write(copy.resolve("model.safetensors"), tensors, SafetensorsWriter.PYTORCH);
    assertThatThrownBy(() -> ModelDirectory.open(copy))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("tensor model.norm.weight is of type F64; supported are F32");
  }

  @Test
  void aModelIsNotSavedUnderTheConfigurationOfAnother() {
    ModelDirectory model = ModelDirectory.open(copy);
    Path saved = temporary.resolve("saved");
    assertThatThrownBy(
            () ->
                ModelDirectory.save(
                    saved,
                    model.configuration(),
                    ModelFiles.values(model),
                    TensorType.F32,
                    Goldens.model("gpt2")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("describes another model");
    assertThat(saved).doesNotExist();
  }
}
