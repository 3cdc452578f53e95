package org.rlhfstreams.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.model.Goldens;

/** A tokenizer that puts a beginning before texts and an end after them. */
final class PromptEncodingTest {
  private static final int BEGINNING = 1;
  private static final int END = 0;
  private static final String POST_PROCESSOR =
      """
      {"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<|im_start|>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}},
                    {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}],
         "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
         "special_tokens": {
           "<|im_start|>": {"id": "<|im_start|>", "ids": [1], "tokens": ["<|im_start|>"]},
           "<|endoftext|>": {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}}}]}
      """;

  @TempDir private Path directory;

  @Test
  void aPromptHasTheBeginningOnceAndNoEnd() throws IOException {
    try (Tokenizer tokenizer = surrounding()) {
      int[] plain = tokenizer.encode("Once upon");
      assertThat(plain).doesNotContain(BEGINNING, END);
      assertThat(tokenizer.encode("Once upon", true))
          .startsWith(BEGINNING)
          .endsWith(END)
          .hasSize(plain.length + 2);
      assertThat(tokenizer.encodePrompt("Once upon"))
          .startsWith(BEGINNING)
          .endsWith(plain)
          .hasSize(plain.length + 1);
      assertThat(tokenizer.encodePrompt("<|im_start|>Once upon"))
          .isEqualTo(tokenizer.encodePrompt("Once upon"));
      assertThat(tokenizer.encodePrompt("")).containsExactly(BEGINNING);
    }
  }

  @Test
  void aRenderedConversationHasTheBeginningOnce() throws IOException {
    Files.writeString(
        directory.resolve("chat_template.jinja"), "{{ bos_token }}{{ messages[0].content }}");
    Files.writeString(
        directory.resolve("tokenizer_config.json"), "{\"bos_token\": \"<|im_start|>\"}");
    try (Tokenizer tokenizer = surrounding()) {
      String rendered =
          ChatTemplate.open(directory).render(List.of(ChatMessage.of("user", "Once")), true);
      int[] encoded = tokenizer.encode(rendered, false);
      assertThat(encoded).startsWith(BEGINNING).containsOnlyOnce(BEGINNING).doesNotContain(END);
    }
  }

  @Test
  void aTokenizerThatAddsNothingLeavesPromptsAsTheyAre() {
    try (Tokenizer tokenizer = Tokenizer.open(Goldens.starter())) {
      assertThat(tokenizer.encodePrompt("Once upon")).isEqualTo(tokenizer.encode("Once upon"));
    }
  }

  private Tokenizer surrounding() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json =
        (ObjectNode) mapper.readTree(Goldens.starter().resolve("tokenizer.json").toFile());
    json.set("post_processor", mapper.readTree(POST_PROCESSOR));
    mapper.writeValue(directory.resolve("tokenizer.json").toFile(), json);
    return Tokenizer.open(directory);
  }
}
