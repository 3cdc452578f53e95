package org.rlhfstreams.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.files.ModelDirectory;

final class TokenizerTest {
  @TempDir private Path directory;

  @Test
  void endAndSizeAreThoseOfTheFiles() {
    try (Tokenizer tokenizer = Tokenizer.open(Goldens.starter())) {
      assertThat(tokenizer.endOfSequence()).isZero();
      assertThat(tokenizer.vocabularySize()).isEqualTo(2048);
    }
  }

  /** Columns: config.json, tokenizer_config.json, special_tokens_map.json, and the right id. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        // as openai-community/gpt2 is published
        "{\"model_type\": \"gpt2\"} § {\"model_max_length\": 256} § § 0",
        "{} § {\"tokenizer_class\": \"GPT2TokenizerFast\"} § § 0",
        "{\"model_type\": \"qwen2\"} § {\"bos_token\": null} § § 0",
        "{} § {} § {\"eos_token\": \"<|im_end|>\"} § 2",
        "{} § {} § {\"eos_token\": {\"content\": \"<|im_end|>\", \"lstrip\": false}} § 2",
        "{} § {\"eos_token\": \"<|im_start|>\"} § {\"eos_token\": \"<|im_end|>\"} § 2",
        "{} § {\"eos_token\": \"<|im_start|>\", \"added_tokens_decoder\": {}}"
            + " § {\"eos_token\": \"<|im_end|>\"} § 1",
        "{\"eos_token_id\": 5} § {} § § 5",
        "{\"eos_token_id\": [6, 5]} § {} § § 6",
        // a class whose token this vocabulary lacks
        "{\"eos_token_id\": 7} § {\"tokenizer_class\": \"LlamaTokenizer\"} § § 7",
        "{\"eos_token_id\": 5} § {\"eos_token\": \"<|im_end|>\"} § § 2",
      })
  void theEndOfSequenceIsThatOfTransformers(
      String model, String configuration, String older, int expected) throws IOException {
    Files.copy(Goldens.starter().resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
    Files.writeString(directory.resolve("config.json"), model);
    Files.writeString(directory.resolve("tokenizer_config.json"), configuration);
    if (older != null) {
      Files.writeString(directory.resolve("special_tokens_map.json"), older);
    }
    try (Tokenizer tokenizer = Tokenizer.open(directory)) {
      assertThat(tokenizer.endOfSequence()).isEqualTo(expected);
    }
  }

  @Test
  void generationSettingsNameTheEndIfNothingElseDoes() throws IOException {
    Files.copy(Goldens.starter().resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
    Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": [2, 0]}");
    try (Tokenizer tokenizer = Tokenizer.open(directory)) {
      assertThat(tokenizer.endOfSequence()).isEqualTo(2);
    }
    Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": 99999}");
    try (Tokenizer tokenizer = Tokenizer.open(directory)) {
      assertThatThrownBy(tokenizer::endOfSequence)
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("names no end of sequence");
    }
  }

  @Test
  void textsLongerThanTheUsualWindowAreNotCut() {
    try (Tokenizer tokenizer = Tokenizer.open(Goldens.starter())) {
      assertThat(tokenizer.encode("story ".repeat(2000)).length).isGreaterThan(1999);
    }
  }

  @Test
  void aTokenizerWithMoreTokensThanTheEmbeddingIsRefused() {
    assertThatThrownBy(
            () ->
                Tokenizer.open(
                    Goldens.starter(),
                    ModelDirectory.readConfiguration(Goldens.model("llama-tied"))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("token ids up to 2047")
        .hasMessageContaining("vocab_size");
  }

  @Test
  void aMissingOrDamagedTokenizerIsNamed() throws IOException {
    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("tokenizer.json does not exist");
    Files.writeString(directory.resolve("tokenizer.json"), "{\"model\": 3");
    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("is not a tokenizer");
  }
}
