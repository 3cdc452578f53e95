package org.rlhfstreams.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;

/** What a template tells of the assistant's own words, and prompts that go on with them. */
final class MarkedConversationTest {
  private static final String TURNS =
      "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}";

  @TempDir private Path directory;

  private ChatTemplate template(String text) throws IOException {
    Files.writeString(directory.resolve("chat_template.jinja"), text);
    return ChatTemplate.open(directory);
  }

  private static List<ChatMessage> said(String... contents) {
    return List.of(contents).stream().map(text -> ChatMessage.of("assistant", text)).toList();
  }

  @Test
  void tokensOfMarkedCharactersAreTheAssistantsWhateverTheirBytes() throws IOException {
    ChatTemplate template =
        template(
            "{% for m in messages %}😀{% generation %}{{ m.content }}{% endgeneration %} x{% endfor %}");
    try (Tokenizer tokenizer = Tokenizer.open(Goldens.starter())) {
      MarkedTokens tokens =
          tokenizer.encode(template.renderMarked(said("a🇫 b"), List.of(), Map.of()));
      assertThat(tokens.ids()).isEqualTo(tokenizer.encode("😀a🇫 b x"));
      int before = tokenizer.encode("😀").length;
      int after = tokenizer.encode("😀a🇫 b").length;
      for (int t = 0; t < tokens.ids().length; t++) {
        assertThat(tokens.assistant()[t]).as("token %d", t).isEqualTo(t >= before && t < after);
      }
    }
  }

  @Test
  void aPromptIsGoneOnWithFromTheEndOfItsLastContent() throws IOException {
    ChatTemplate template = template(TURNS);
    assertThat(template.renderContinued(said("a", "b "), List.of(), Map.of()))
        .hasValue("<assistant>a</s><assistant>b ");
    ChatTemplate stripping = template(TURNS.replace("m.content", "m.content.strip()"));
    assertThat(stripping.renderContinued(said("b "), List.of(), Map.of())).hasValue("<assistant>b");
    ChatTemplate silent = template("{{ messages | length }}");
    assertThat(silent.renderContinued(said("b"), List.of(), Map.of())).isEmpty();
    Map<String, Object> call = new LinkedHashMap<>(Map.of("role", "assistant"));
    call.put("content", null);
    assertThat(template.renderContinued(List.of(new ChatMessage(call)), List.of(), Map.of()))
        .isEmpty();
  }

  @Test
  void reasoningHasEachNameThatTemplatesReadItBy() throws IOException {
    ChatTemplate template =
        template(
            "{{ messages[0].thinking }}|{{ messages[0].reasoning_content }}|"
                + "{{ messages[0].reasoning }}");
    for (String name : List.of("thinking", "reasoning", "reasoning_content")) {
      Map<String, Object> fields = Map.of("role", "assistant", "content", "a", name, "why");
      assertThat(template.render(List.of(new ChatMessage(fields)), false))
          .as(name)
          .isEqualTo("why|why|" + (name.equals("reasoning") ? "why" : ""));
    }
  }

  @Test
  void aTemplateWithoutMarksIsRefused() throws IOException {
    assertThat(template(TURNS).marksAssistant()).isFalse();
    assertThatThrownBy(template(TURNS)::requireMarks)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("chat_template.jinja does not mark");
    ChatTemplate marked = template("{% generation %}{% endgeneration %}");
    assertThatCode(marked::requireMarks).doesNotThrowAnyException();
  }
}
