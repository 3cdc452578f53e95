package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.service.configuration.Truncation;

/** What is told of templates that do not mark the assistant's words, and of rows without any. */
final class AssistantMarksTest {
  private static final String TURNS =
      """
      {%% for m in messages %%}<|im_start|>{{ m.role }}
      {%% if m.role == 'assistant' %%}%s{%% else %%}{{ m.content }}<|im_end|>
      {%% endif %%}{%% endfor %%}""";
  private static final String MARKED =
      TURNS.formatted("{% generation %}{{ m.content }}<|im_end|>\n{% endgeneration %}");

  @TempDir private Path directory;

  private ChatTemplate template(String text) throws IOException {
    Files.writeString(directory.resolve("chat_template.jinja"), text);
    return ChatTemplate.open(directory);
  }

  private static Tokenizer tokenizer() {
    try {
      return Tokenizer.open(
          Path.of(AssistantMarksTest.class.getResource("/goldens/objectives/policy").toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Preference.Builder whole(String... roles) {
    List<ChatMessage> messages =
        List.of(roles).stream().map(role -> new ChatMessage(role, "Hi 1.", null)).toList();
    return Preference.newBuilder()
        .setPreferenceId("a")
        .setPrompt("")
        .setChosen("Hi 1.")
        .setChosenMessages(messages)
        .setSource("test")
        .setCreatedAt(Instant.EPOCH);
  }

  @Test
  void aTemplateWithoutMarksIsRefusedWithWhatToDo() throws IOException {
    ChatTemplate unmarked = template("{% for m in messages %}{{ m.content }}{% endfor %}");
    try (Tokenizer tokenizer = tokenizer()) {
      assertThatThrownBy(() -> AssistantMarks.of(Optional.of(unmarked), tokenizer))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("chat_template.jinja does not mark what the assistant says")
          .hasMessageContaining("TRL's trl/chat_templates/")
          .hasMessageContaining("{% generation %} before and {% endgeneration %} behind")
          .hasMessageContaining("learner.assistant-only-loss");
      assertThatThrownBy(() -> AssistantMarks.of(Optional.empty(), tokenizer))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("the model has none");
    }
  }

  @Test
  void aTemplateThatLeavesTheEndOfATurnOutIsToldFromOneThatDoesNot() throws IOException {
    try (Tokenizer tokenizer = tokenizer()) {
      assertThat(AssistantMarks.teachesTheEnd(template(MARKED), tokenizer)).isTrue();
      String early = "{% generation %}{{ m.content }}{% endgeneration %}<|im_end|>\n";
      assertThat(AssistantMarks.teachesTheEnd(template(TURNS.formatted(early)), tokenizer))
          .isFalse();
    }
  }

  @Test
  void rowsOfWhichNothingWouldBeLearnedAreRefusedByReason() throws IOException {
    Optional<ChatTemplate> marked = Optional.of(template(MARKED));
    try (Tokenizer tokenizer = tokenizer()) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, marked, new RowJoin(24, Truncation.KEEP_START), true);
      assertThatThrownBy(() -> rows.demonstration(whole("user", "system").build()))
          .isInstanceOf(UnusableException.class)
          .hasMessageContaining("marks nothing of it");
      assertThatThrownBy(
              () -> rows.demonstration(whole("user", "user", "user", "assistant").build()))
          .isInstanceOf(UnusableException.class)
          .hasMessageContaining("raise learner.max-length");
      Preference text = whole().setPrompt("Count").setChosenMessages(List.of()).build();
      assertThatThrownBy(() -> rows.demonstration(text))
          .isInstanceOf(UnusableException.class)
          .hasMessageContaining("it is a text");
    }
  }
}
