package org.rlhfstreams.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.model.completion.PromptEncoding;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.topology.admission.PromptRefusedException;

/** What a prompt has for the chat template is what the policy reads. */
final class PolicyPromptEncoderTest {
  private static final Path STARTER = Path.of("..", "models", "starter");
  private static final String TOOLS = "{\"tools\": [{\"name\": \"weather\"}], \"mood\": \"kind\"}";

  @TempDir private Path directory;

  private String rendered(String template, String variables)
      throws IOException, PromptRefusedException {
    EventSerdes.trustEvents();
    for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      if (Files.exists(STARTER.resolve(name)) && !Files.exists(directory.resolve(name))) {
        Files.copy(STARTER.resolve(name), directory.resolve(name));
      }
    }
    Files.writeString(directory.resolve("chat_template.jinja"), template);
    Prompt prompt =
        Prompt.newBuilder()
            .setPromptId("p")
            .setMessages(List.of(new ChatMessage("user", "Rain?", null)))
            .setTemplateVariables(variables)
            .setSource("test")
            .setCreatedAt(Instant.EPOCH)
            .build();
    try (Tokenizer tokenizer = Tokenizer.open(directory)) {
      PromptEncoding encoding =
          new PromptEncoding(directory, ModelDirectory.readConfiguration(directory), tokenizer);
      return new PolicyPromptEncoder(encoding, 100).encode(prompt).text();
    }
  }

  @Test
  void toolsAndVariablesReachTheTemplate() throws IOException, PromptRefusedException {
    String template = "{{ tools[0].name if tools }} {{ mood }} {{ messages[0].content }}";
    assertThat(rendered(template, TOOLS)).isEqualTo("weather kind Rain?");
    assertThat(rendered(template, null)).isEqualTo("  Rain?");
  }

  @Test
  void aTemplateThatIgnoresToolsAnswersAsWithoutThem() throws IOException, PromptRefusedException {
    assertThat(rendered("{{ mood }} {{ messages[0].content }}", TOOLS)).isEqualTo("kind Rain?");
  }

  @Test
  void variablesThatAreNoneAreRefused() {
    assertThatThrownBy(() -> rendered("{{ messages[0].content }}", "{\"tools\": 7}"))
        .isInstanceOf(PromptRefusedException.class)
        .hasMessageContaining("prompt p: its tools are 7");
  }
}
