package org.rlhfstreams.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
