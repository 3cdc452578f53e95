package org.rlhfstreams.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
  void idsAndTextAreThoseOfTransformers() throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(Goldens.resource("/goldens/chat/starter.json").toFile());
    try (Tokenizer tokenizer = Tokenizer.open(Goldens.starter())) {
      for (JsonNode text : golden.get("texts")) {
        int[] expected = ids(text.get("ids"));
        assertThat(tokenizer.encode(text.get("text").asText())).isEqualTo(expected);
        assertThat(tokenizer.decode(expected, false)).isEqualTo(text.get("decoded").asText());
        IncrementalDecoder decoder = new IncrementalDecoder(tokenizer, false);
        StringBuilder streamed = new StringBuilder();
        for (int id : expected) {
          streamed.append(decoder.next(id));
        }
        assertThat(streamed.append(decoder.finish()).toString())
            .isEqualTo(text.get("decoded").asText());
      }
      for (JsonNode conversation : golden.get("conversations")) {
        assertThat(tokenizer.encode(conversation.get("text").asText()))
            .isEqualTo(ids(conversation.get("ids")));
      }
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

  private static int[] ids(JsonNode array) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = array.get(i).asInt();
    }
    return ids;
  }
}
