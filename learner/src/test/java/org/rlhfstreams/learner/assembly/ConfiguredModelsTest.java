package org.rlhfstreams.learner.assembly;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

final class ConfiguredModelsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private static Path golden(String name) throws URISyntaxException {
    return Path.of(ConfiguredModelsTest.class.getResource("/goldens/objectives/" + name).toURI());
  }

  private static void require(String objective, Map<String, Object> models) {
    Map<String, String> settings = new HashMap<>();
    settings.put("learner.objective", objective);
    models.forEach((key, value) -> settings.put(key, value.toString()));
    ConfiguredModels.require(RlhfConfiguration.of(settings));
  }

  /** A model whose tokens have the ids of their neighbours. */
  private Path rotated(Path model) throws IOException, URISyntaxException {
    Path rotated = Files.createDirectories(directory.resolve("rotated"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(model.resolve(file), rotated.resolve(file));
    }
    ObjectNode tokenizer =
        (ObjectNode) JSON.readTree(golden("policy").resolve("tokenizer.json").toFile());
    ObjectNode vocabulary = (ObjectNode) tokenizer.path("model").path("vocab");
    int size = vocabulary.size();
    Map<String, Integer> ids = new HashMap<>();
    vocabulary
        .properties()
        .forEach(token -> ids.put(token.getKey(), (token.getValue().asInt() + 1) % size));
    ids.forEach(vocabulary::put);
    JSON.writeValue(rotated.resolve("tokenizer.json").toFile(), tokenizer);
    return rotated;
  }

  @Test
  void modelsThatFitAreTaken() throws Exception {
    Path policy = golden("policy");
    assertThatCode(
            () ->
                require(
                    "ppo",
                    Map.of(
                        "model.policy", policy,
                        "model.reference", policy,
                        "model.reward", golden("reward"))))
        .doesNotThrowAnyException();
  }

  @Test
  void aRewardModelOfAnotherVocabularyIsRefusedByToken() throws Exception {
    Path rotated = rotated(golden("reward"));
    assertThatThrownBy(
            () -> require("ppo", Map.of("model.policy", golden("policy"), "model.reward", rotated)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("different tokenizers: token");
  }

  @Test
  void distillationWithoutATeacherIsRefused() throws Exception {
    Map<String, Object> models = new HashMap<>();
    models.put("model.policy", golden("policy"));
    models.put("model.reward", golden("reward"));
    assertThatThrownBy(() -> require("distillation", models))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--reference-model");
    models.put("model.reference", golden("reference"));
    assertThatCode(() -> require("distillation", models)).doesNotThrowAnyException();
  }

  @Test
  void soIsAReference() throws Exception {
    Path rotated = rotated(golden("policy"));
    assertThatThrownBy(
            () ->
                require(
                    "dpo", Map.of("model.policy", golden("policy"), "model.reference", rotated)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("different tokenizers: token");
  }

  @Test
  void aLanguageModelScoresNothing() throws Exception {
    Path policy = golden("policy");
    assertThatThrownBy(() -> require("ppo", Map.of("model.policy", policy, "model.reward", policy)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("is a language model");
  }

  @Test
  void adaptersHaveSomewhereToGo() throws Exception {
    assertThatThrownBy(
            () ->
                require(
                    "sft",
                    Map.of(
                        "model.policy",
                        golden("policy"),
                        "lora.rank",
                        4,
                        "lora.target-modules",
                        "q_proj,nowhere")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("[nowhere]")
        .hasMessageContaining("q_proj");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> require("sft", Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("model.policy is not set");
    assertThatThrownBy(() -> require("sft", Map.of("model.policy", "no/such/model")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("no/such/model");
  }
}
