package org.rlhfstreams.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;

final class ChatTemplateTest {
  private static final List<ChatMessage> HELLO = List.of(ChatMessage.of("user", "Hello"));
  private static final List<Map<String, Object>> TOOLS = List.of(Map.of("name", "clock"));

  @TempDir private Path directory;

  @Test
  void theStartersTemplateIsInItsTokenizerConfiguration() {
    assertThat(ChatTemplate.open(Goldens.starter()).render(HELLO, true))
        .isEqualTo("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n");
  }

  @Test
  void aFileOfItsOwnGoesBeforeTheConfiguration() throws IOException {
    configure("\"chat_template\": \"old\"");
    Files.writeString(directory.resolve("chat_template.jinja"), "new {{ messages[0].content }}\n");
    assertThat(ChatTemplate.open(directory).render(HELLO, true)).isEqualTo("new Hello");
  }

  @Test
  void ofManyTemplatesTheOneForToolsServesWhereToolsAreGiven() throws IOException {
    configure(
        "\"chat_template\": [{\"name\": \"default\", \"template\": \"plain {{ tools }}\"},"
            + " {\"name\": \"tool_use\", \"template\": \"{{ tools[0].name }}\"},"
            + " {\"name\": \"rag\", \"template\": \"documents\"}]");
    ChatTemplate template = ChatTemplate.open(directory);
    assertThat(template.render(HELLO, false)).isEqualTo("plain None");
    assertThat(template.render(HELLO, TOOLS, false)).isEqualTo("clock");
    assertThat(ChatTemplate.open(directory, "rag").render(HELLO, TOOLS, false))
        .isEqualTo("documents");
    assertThatThrownBy(() -> ChatTemplate.open(directory, "other"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("no chat template named other")
        .hasMessageContaining("default, tool_use, rag");
  }

  @Test
  void specialTokensMayBeTextsOrObjectsAndAreElseUndefined() throws IOException {
    configure(
        "\"bos_token\": {\"content\": \"<s>\", \"lstrip\": false}, \"eos_token\": \"</s>\","
            + " \"pad_token\": null, \"additional_special_tokens\": [\"<x>\"],"
            + " \"chat_template\": \"{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}"
            + "{{ additional_special_tokens }}{{ enable_thinking }}\"");
    assertThat(
            ChatTemplate.open(directory)
                .render(HELLO, List.of(), false, Map.of("enable_thinking", false)))
        .isEqualTo("<s></s>False['<x>']False");
  }

  @Test
  void reasoningIsUnderTheNameThatTheTemplateReads() throws IOException {
    String text = "{%% for m in messages %%}{{ m.%s }};{%% endfor %%}";
    List<ChatMessage> messages =
        List.of(
            new ChatMessage(Map.of("role", "assistant", "content", "a", "thinking", "one")),
            new ChatMessage(Map.of("role", "assistant", "content", "b", "reasoning", "two")),
            new ChatMessage(
                Map.of("role", "assistant", "reasoning_content", "three", "thinking", "four")));
    // transformers 5.23: reasoning_content goes before thinking, thinking is kept where it is said
    Files.writeString(
        directory.resolve("chat_template.jinja"), text.formatted("reasoning_content"));
    assertThat(ChatTemplate.open(directory).render(messages, false)).isEqualTo("one;two;three;");
    Files.writeString(directory.resolve("chat_template.jinja"), text.formatted("thinking"));
    assertThat(ChatTemplate.open(directory).render(messages, false)).isEqualTo("one;two;four;");
  }

  @Test
  void messagesMayHaveAnyFields() throws IOException {
    configure("\"chat_template\": \"{{ messages[0].content[1].text }}{{ messages[0].calls }}\"");
    ChatMessage message =
        new ChatMessage(
            Map.of(
                "role",
                "user",
                "content",
                List.of(Map.of("type", "image"), Map.of("type", "text", "text", "What?")),
                "calls",
                3));
    assertThat(ChatTemplate.open(directory).render(List.of(message), false)).isEqualTo("What?3");
    assertThatThrownBy(() -> new ChatMessage(Map.of("content", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs a role");
  }

  @Test
  void aModelWithoutATemplateIsNamed() throws IOException {
    assertThatThrownBy(() -> ChatTemplate.open(directory))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("put chat_template.jinja there");
    configure("\"eos_token\": \"</s>\"");
    assertThatThrownBy(() -> ChatTemplate.open(directory)).isInstanceOf(ModelException.class);
  }

  @Test
  void aDamagedTemplateIsNamedWithItsLine() throws IOException {
    Files.writeString(directory.resolve("chat_template.jinja"), "a\n{% if %}");
    assertThatThrownBy(() -> ChatTemplate.open(directory))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("chat_template.jinja: the chat template is damaged")
        .hasMessageContaining("line 2");
    Files.writeString(directory.resolve("tokenizer_config.json"), "{");
    assertThatThrownBy(() -> ChatTemplate.open(directory))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("tokenizer_config.json cannot be read");
  }

  @Test
  void whatATemplateRaisesReachesTheUser() throws IOException {
    configure("\"chat_template\": \"{{ raise_exception('Roles must alternate') }}\"");
    assertThatThrownBy(() -> ChatTemplate.open(directory).render(HELLO, true))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("tokenizer_config.json")
        .hasMessageContaining("Roles must alternate");
  }

  private void configure(String fields) throws IOException {
    Files.writeString(directory.resolve("tokenizer_config.json"), "{" + fields + "}");
  }
}
