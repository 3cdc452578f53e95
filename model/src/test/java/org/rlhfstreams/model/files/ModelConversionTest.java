package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;

final class ModelConversionTest {
  @TempDir private Path temporary;

  private Path convert(Path source, String name, TensorType type) {
    Path target = temporary.resolve(name);
    ModelConversion.convert(source, target, Optional.of(type), Optional.empty());
    return target;
  }

  @Test
  void bfloat16ToFloat32AndBackLosesNothing() {
    Path source = Goldens.model("llama-tied-bf16");
    Path wide = convert(source, "wide", TensorType.F32);
    assertThat(ModelFiles.values(ModelDirectory.open(wide)))
        .usingRecursiveComparison()
        .isEqualTo(ModelFiles.values(ModelDirectory.open(source)));
    assertThat(wide.resolve("config.json"))
        .hasContent(
            new String(ModelFiles.read(source.resolve("config.json")), StandardCharsets.UTF_8)
                .replace("bfloat16", "float32"));
    assertThat(ModelFiles.content(convert(wide, "narrow", TensorType.BF16)))
        .isEqualTo(ModelFiles.content(source));
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeIsReadBackAsTheNearestValues(TensorType type) {
    ModelDirectory source = ModelDirectory.open(Goldens.model("gpt2"));
    ModelDirectory converted = ModelDirectory.open(convert(source.path(), "converted", type));
    double spacing = type == TensorType.F32 ? 0 : type == TensorType.F16 ? 0x1p-11 : 0x1p-8;
    for (TensorSpecification tensor : source.expectedTensors()) {
      assertThat(converted.tensorType(tensor.name())).isEqualTo(type);
      float[] before = source.readTensor(tensor.name());
      float[] after = converted.readTensor(tensor.name());
      for (int i = 0; i < before.length; i++) {
        double most = Math.max(Math.abs(before[i]) * spacing, type == TensorType.F16 ? 0x1p-25 : 0);
        assertThat(Math.abs((double) after[i] - before[i])).isLessThanOrEqualTo(most);
      }
    }
  }

  @Test
  void aValueThatWouldBecomeInfiniteIsRefusedByTensor() throws IOException {
    ModelDirectory model = ModelDirectory.open(Goldens.model("llama-tied"));
    List<float[]> values = ModelFiles.values(model);
    values.get(1)[3] = 70_000;
    Path large = temporary.resolve("large");
    ModelDirectory.save(large, model.configuration(), values, TensorType.F32, model.path());
    assertThatThrownBy(() -> convert(large, "half", TensorType.F16))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("model.layers.0.input_layernorm.weight")
        .hasMessageContaining("70000")
        .hasMessageContaining("bfloat16");
    try (var left = Files.list(temporary)) {
      assertThat(left).containsExactly(large);
    }
    assertThat(
            ModelDirectory.open(convert(large, "b", TensorType.BF16))
                .readTensor("model.layers.0.input_layernorm.weight")[3])
        .isEqualTo(70_144f);
  }

  @Test
  void theSourceAndPlacesWithOtherFilesAreNoTargets() throws IOException {
    Path source = ModelFiles.copy("llama-tied", temporary.resolve("models").resolve("a"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), source);
    for (Path target : List.of(source, link, source.getParent())) {
      assertThatThrownBy(
              () -> ModelConversion.convert(source, target, Optional.empty(), Optional.empty()))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining(target + " is the model itself, or holds it");
    }
    Path papers = Files.createDirectories(temporary.resolve("papers"));
    Files.writeString(papers.resolve("thesis"), "years of work");
    assertThatThrownBy(
            () -> ModelConversion.convert(source, papers, Optional.empty(), Optional.empty()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("no model's");
    assertThat(papers.resolve("thesis")).hasContent("years of work");
  }

  @Test
  void aConfigurationKeepsItsSpellingAndSaysTheTypeInItsOwnField() throws IOException {
    Path source = ModelFiles.copy("llama-tied", temporary.resolve("a"));
    Path config = source.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\"dtype\"", "\"torch_dtype\"")
            .replace("\"use_cache\": true", "\"unknown\": {\"z\": [1E-05, \"é\"], \"a\": []}"));
    assertThat(Files.readString(convert(source, "b", TensorType.F16).resolve("config.json")))
        .contains("\"rms_norm_eps\": 1e-05,\n")
        .contains("\"torch_dtype\": \"float16\",\n")
        .doesNotContain("\"dtype\"")
        .contains(
            """
              "unknown": {
                "z": [
                  1E-05,
                  "\\u00e9"
                ],
                "a": []
              },
            """);
  }
}
