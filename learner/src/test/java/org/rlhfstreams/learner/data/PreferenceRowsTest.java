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
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.service.configuration.Truncation;

final class PreferenceRowsTest {
  @TempDir private Path directory;

  private static Preference.Builder preference() {
    return Preference.newBuilder()
        .setPreferenceId("a")
        .setPrompt("")
        .setChosen("fine")
        .setRejected("bad")
        .setSource("test")
        .setCreatedAt(Instant.EPOCH);
  }

  private static Preference conversation() {
    return preference().setMessages(List.of(new ChatMessage("user", "how are you"))).build();
  }

  @Test
  void aConversationIsRenderedAndItsAnswerEndsAsTheTemplateEndsIt()
      throws IOException, UnusableException {
    Files.writeString(
        directory.resolve("chat_template.jinja"),
        "{% for m in messages %}<{{ m.role }}> {{ m.content }}</s>{% endfor %}"
            + "{% if add_generation_prompt %}<assistant> {% endif %}");
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferencePair pair =
          new PreferenceRows(
                  tokenizer, ChatTemplate.find(directory), new RowJoin(128, Truncation.KEEP_START))
              .pair(conversation());
      assertThat(pair.chosen().prompt())
          .isEqualTo(tokenizer.encode("<user> how are you</s><assistant> ", false));
      assertThat(pair.chosen().response()).isEqualTo(tokenizer.encode("fine</s>", false));
      assertThat(pair.rejected().response()).isEqualTo(tokenizer.encode("bad</s>", false));
    }
  }

  @Test
  void aConversationWithoutATemplateIsRefusedWithTheWayOut() {
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, Optional.empty(), new RowJoin(128, Truncation.KEEP_START));
      assertThatThrownBy(() -> rows.pair(conversation()))
          .isInstanceOf(UnusableException.class)
          .hasMessageContaining("has no chat template");
    }
  }

  @Test
  void aPromptThatFillsTheLengthIsRefused() {
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, Optional.empty(), new RowJoin(4, Truncation.KEEP_START));
      Preference longer = preference().setPrompt("one two three four five six").build();
      assertThatThrownBy(() -> rows.pair(longer))
          .isInstanceOf(UnusableException.class)
          .hasMessageContaining("leaves no response token in a length of 4");
    }
  }

  @Test
  void aPairIsTwoLabelledResponsesAndALabelOne() throws UnusableException {
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, Optional.empty(), new RowJoin(128, Truncation.KEEP_START));
      assertThat(rows.labelled(preference().setPrompt("p").build()))
          .extracting(LabelledResponse::id, LabelledResponse::desirable)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("a/chosen", true),
              org.assertj.core.groups.Tuple.tuple("a/rejected", false));
      assertThat(
              rows.labelled(preference().setPrompt("p").setRejected(null).setLabel(false).build()))
          .extracting(LabelledResponse::desirable)
          .containsExactly(false);
    }
  }

  private static Path policy() {
    try {
      return Path.of(PreferenceRowsTest.class.getResource("/goldens/objectives/policy").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
