package org.rlhfstreams.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text and ids are those of transformers; see {@link ChatGoldens} for where the goldens lie. */
final class ChatGoldensTest {
  private static final int RANDOM_STREAMS = 100;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"starter", "qwen2_5", "gpt2"})
  void conversationsRenderAndEncodeAsInTransformers(String name) throws IOException {
    ChatGoldens goldens = ChatGoldens.of(name);
    if (!goldens.golden().get("template").isTextual()) {
      return;
    }
    Files.copy(
        goldens.tokenizerDirectory().resolve("tokenizer_config.json"),
        directory.resolve("tokenizer_config.json"));
    Files.writeString(
        directory.resolve("chat_template.jinja"), goldens.golden().get("template").asText());
    ChatTemplate template = ChatTemplate.open(directory);
    try (Tokenizer tokenizer = Tokenizer.open(goldens.tokenizerDirectory())) {
      for (JsonNode conversation : goldens.conversations()) {
        boolean prompt = conversation.get("add_generation_prompt").asBoolean();
        String rendered =
            template.render(
                ChatGoldens.messages(conversation), ChatGoldens.tools(conversation), prompt);
        assertThat(rendered).isEqualTo(conversation.get("text").asText());
        assertThat(tokenizer.encode(rendered, false))
            .isEqualTo(ChatGoldens.ids(conversation.get("ids")));
        assertStreamsAs(tokenizer, ChatGoldens.ids(conversation.get("ids")));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"starter", "qwen2_5", "gpt2"})
  void textsEncodeAndDecodeAsInTransformers(String name) throws IOException {
    ChatGoldens goldens = ChatGoldens.of(name);
    try (Tokenizer tokenizer = Tokenizer.open(goldens.tokenizerDirectory())) {
      for (JsonNode text : goldens.texts()) {
        int[] expected = ChatGoldens.ids(text.get("ids"));
        String written = text.get("text").asText();
        assertThat(tokenizer.encode(written)).isEqualTo(expected);
        assertThat(tokenizer.encode(written, true))
            .isEqualTo(ChatGoldens.ids(text.get("ids_special")));
        assertThat(tokenizer.decode(expected, false)).isEqualTo(text.get("decoded").asText());
        assertStreamsAs(tokenizer, expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"starter", "qwen2_5", "gpt2"})
  void anyStreamDecodesAsItsWhole(String name) throws IOException {
    ChatGoldens goldens = ChatGoldens.of(name);
    Random random = new Random(11);
    try (Tokenizer tokenizer = Tokenizer.open(goldens.tokenizerDirectory())) {
      for (int i = 0; i < RANDOM_STREAMS; i++) {
        // Low ids are single bytes, of which most make no character.
        int largest = i % 2 == 0 ? tokenizer.vocabularySize() : 260;
        assertStreamsAs(tokenizer, random.ints(1 + random.nextInt(60), 0, largest).toArray());
      }
    }
  }

  private static void assertStreamsAs(Tokenizer tokenizer, int[] ids) {
    for (boolean skipSpecialTokens : new boolean[] {false, true}) {
      IncrementalDecoder decoder = new IncrementalDecoder(tokenizer, skipSpecialTokens);
      StringBuilder streamed = new StringBuilder();
      for (int id : ids) {
        streamed.append(decoder.next(id));
      }
      assertThat(streamed.append(decoder.finish()).toString())
          .isEqualTo(tokenizer.decode(ids, skipSpecialTokens));
    }
  }
}
