package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.model.ModelException;

final class GenerationConfigurationTest {
  @TempDir private Path temporary;

  private ModelDirectory model(String generation) throws IOException {
    Path directory = ModelFiles.copy("llama-tied", temporary.resolve("model"));
    Files.writeString(directory.resolve(GenerationConfiguration.FILE), generation);
    return ModelDirectory.open(directory);
  }

  @Test
  void aChatModelsSettingsAreRead() throws IOException {
    GenerationConfiguration read =
        model(
                """
                {"bos_token_id": 3, "do_sample": true, "eos_token_id": [9, 7, 8], "min_p": 0,
                 "pad_token_id": null, "temperature": 0.7, "top_k": 20, "top_p": 1,
                 "repetition_penalty": 1.05, "max_new_tokens": 64, "transformers_version": "5"}
                """)
            .generationConfiguration();
    assertThat(read.endOfSequence()).containsExactly(9, 7, 8);
    assertThat(read.beginningOfSequence()).hasValue(3);
    assertThat(read.padding()).isEmpty();
    assertThat(read.doSample()).contains(true);
    assertThat(read.temperature()).hasValue(0.7);
    assertThat(read.topK()).hasValue(20);
    assertThat(read.topP()).isEqualTo(OptionalDouble.of(1));
    assertThat(read.minP()).isEqualTo(OptionalDouble.of(0));
    assertThat(read.repetitionPenalty()).hasValue(1.05);
    assertThat(read.maxNewTokens()).isEqualTo(OptionalInt.of(64));
  }

  @Test
  void stopTokensAreTheGenerationSettingsElseTheConfigurations() throws IOException {
    assertThat(model("{\"eos_token_id\": [4, 5]}").stopTokens()).containsExactly(4, 5);
    assertThat(model("{\"eos_token_id\": 6}").stopTokens()).containsExactly(6);
    ModelDirectory silent = model("{\"eos_token_id\": null}");
    assertThat(silent.stopTokens()).containsExactly(2);
    Files.delete(silent.path().resolve(GenerationConfiguration.FILE));
    assertThat(silent.stopTokens()).containsExactly(2);
    assertThat(silent.generationConfiguration()).isEqualTo(GenerationConfiguration.EMPTY);
  }

  @ParameterizedTest
  @CsvSource({
    "eos_token_id, '[1, \"2\"]'",
    "eos_token_id, -1",
    "bos_token_id, 1.5",
    "pad_token_id, 99999999999",
    "do_sample, 1",
    "temperature, -0.1",
    "temperature, 1e999",
    "top_k, true",
    "top_p, 0",
    "top_p, 1.1",
    "min_p, 2",
    "repetition_penalty, 0",
    "max_new_tokens, 0",
  })
  void aMalformedFieldIsNamedWithItsFile(String field, String value) throws IOException {
    ModelDirectory model = model("{\"%s\": %s}".formatted(field, value));
    assertThatThrownBy(model::generationConfiguration)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("generation_config.json: " + field + " is ")
        .hasMessageContaining("must be");
  }
}
