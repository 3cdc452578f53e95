package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;

final class RoundTripTest {
  private static final Optional<ShardPlan> SMALL = Optional.of(new ShardPlan(50_000));

  @TempDir private Path temporary;

  static List<String> goldens() {
    return ModelFiles.goldens();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void aModelSavedUntouchedIsTheSameToTheByte(String golden) {
    ModelDirectory model = ModelDirectory.open(Goldens.model(golden));
    Path saved = temporary.resolve("saved");
    TensorType type = model.tensorType(model.expectedTensors().get(0).name());
    ModelDirectory.save(saved, model.configuration(), ModelFiles.values(model), type, model.path());
    assertThat(ModelFiles.content(saved)).isEqualTo(ModelFiles.content(model.path()));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void splitAndJoinedItIsTheSameToTheByte(String golden) {
    Path source = Goldens.model(golden);
    Path split = temporary.resolve("split");
    SavedModel written = ModelConversion.convert(source, split, Optional.empty(), SMALL);
    assertThat(written.files()).contains(ShardIndex.FILE).doesNotContain(TensorFiles.SINGLE);
    Path joined = temporary.resolve("joined");
    ModelConversion.convert(split, joined, Optional.empty(), Optional.of(ShardPlan.DEFAULT));
    Path copied = temporary.resolve("copied");
    SavedModel copy = ModelConversion.convert(source, copied, Optional.empty(), Optional.empty());
    assertThat(ModelFiles.content(copied)).isEqualTo(ModelFiles.content(source));
    assertThat(copy.files()).hasSameElementsAs(ModelFiles.content(source).keySet());
    if (Files.exists(source.resolve(TensorFiles.SINGLE))) {
      assertThat(ModelFiles.content(joined)).isEqualTo(ModelFiles.content(source));
    }
  }

  @Test
  void aSplitKeepsToItsLimitAndIsWhereTransformersSplits() {
    Path split = temporary.resolve("split");
    Path source = Goldens.model("qwen2-bias"); // which transformers saved with 60 KB a file
    ModelConversion.convert(source, split, Optional.empty(), Optional.of(ShardPlan.parse("60KB")));
    assertThat(ModelFiles.content(split)).isEqualTo(ModelFiles.content(source));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "hi-IN-u-nu-deva"})
  void filesHaveTheNamesOfTransformersWhateverDigitsTheMachinesLanguageHas(String language) {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag(language));
      Path split = temporary.resolve("split");
      Path source = Goldens.model("qwen2-bias");
      ModelConversion.convert(
          source, split, Optional.empty(), Optional.of(ShardPlan.parse("60KB")));
      assertThat(ModelFiles.content(split)).isEqualTo(ModelFiles.content(source));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aRewardModelOfALanguageModelChangesItsHeadAndNoOtherSetting() throws IOException {
    ModelDirectory model = ModelDirectory.open(Goldens.model("qwen2-bias"));
    TransformerConfiguration reward = model.configuration().asClassifier();
    List<TensorSource> tensors =
        reward.tensors().stream()
            .map(
                tensor ->
                    tensor.name().equals("score.weight")
                        ? TensorSource.ofFloats(
                            tensor, TensorType.F32, () -> new float[(int) tensor.size()])
                        : model.source(tensor.name(), Optional.empty()))
            .toList();
    Path saved = temporary.resolve("reward");
    ModelDirectory.save(
        saved, reward, tensors, TensorType.F32, new ShardPlan(90_000), model.path());
    assertThat(ModelDirectory.open(saved).configuration()).isEqualTo(reward);
    String before = Files.readString(model.path().resolve("config.json"));
    assertThat(saved.resolve("config.json"))
        .hasContent(
            before
                .replace("Qwen2ForCausalLM", "Qwen2ForSequenceClassification")
                .replace(
                    "  \"initializer_range\"",
                    "  \"id2label\": {\n    \"0\": \"LABEL_0\"\n  },\n  \"initializer_range\"")
                .replace(
                    "  \"layer_types\"",
                    "  \"label2id\": {\n    \"LABEL_0\": 0\n  },\n  \"layer_types\""));
    long parameters = reward.tensors().stream().mapToLong(TensorSpecification::size).sum();
    assertThat(Files.readString(saved.resolve(ShardIndex.FILE)))
        .contains("\"total_parameters\": " + parameters + ",\n")
        .contains("\"total_size\": " + 4 * parameters + "\n");
  }

  @Test
  void strangersInTheTargetStayAndOldWeightsGo() throws IOException {
    Path target = ModelFiles.copy("qwen2-bias", temporary.resolve("model"));
    Files.writeString(target.resolve("model_card.md"), "a card");
    Files.createDirectories(target.resolve("runs"));
    Files.writeString(target.resolve("runs").resolve("1"), "a run");
    SavedModel written =
        ModelConversion.convert(
            Goldens.model("llama-tied"), target, Optional.empty(), Optional.empty());
    assertThat(written.bytes())
        .isEqualTo(
            ModelFiles.content(Goldens.model("llama-tied")).values().stream()
                .mapToLong(content -> content.limit())
                .sum());
    assertThat(target.resolve("model_card.md")).hasContent("a card");
    assertThat(target.resolve("runs").resolve("1")).hasContent("a run");
    assertThat(target.resolve(ShardIndex.FILE)).doesNotExist();
    assertThat(ModelDirectory.open(target).configuration())
        .isEqualTo(ModelDirectory.readConfiguration(Goldens.model("llama-tied")));
    assertThat(temporary).isDirectoryNotContaining("glob:**{writing,old}-*");
  }
}
