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
        "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}"
            + "{% if add_generation_prompt %}<assistant>{% endif %}");
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferencePair pair =
          new PreferenceRows(
                  tokenizer, ChatTemplate.find(directory), new RowJoin(128, Truncation.KEEP_START))
              .pair(conversation());
      assertThat(pair.chosen().prompt())
          .isEqualTo(tokenizer.encode("<user>how are you</s><assistant>", false));
      assertThat(pair.chosen().response()).isEqualTo(tokenizer.encode("fine</s>", false));
      assertThat(pair.rejected().response()).isEqualTo(tokenizer.encode("bad</s>", false));
    }
  }

  @Test
  void theEndOfSequenceIsAddedOnlyToAResponseThatLacksIt() throws UnusableException {
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, Optional.empty(), new RowJoin(128, Truncation.KEEP_START));
      Preference.Builder counting = preference().setPrompt("Count to 1.");
      PreferencePair pair =
          rows.pair(
              counting.setChosen("one 1<|endoftext|>").setRejected("two 1<|endoftext|>").build());
      assertThat(pair.chosen().response()).containsExactly(545, 224, 20, 0); // TRL 1.16's
      assertThat(pair.rejected().response()).endsWith(224, 20, 0);
      assertThat(rows.demonstration(counting.setChosen("one 1").build()).row().response())
          .containsExactly(545, 224, 20, 0);
    }
  }

  @Test
  void aResponseBeginsWhereItsTokensDifferFromThePromptsAlone() throws UnusableException {
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, Optional.empty(), new RowJoin(128, Truncation.KEEP_START));
      Preference inAWord =
          preference().setPrompt("The big do").setChosen("g barks").setRejected("or").build();
      PreferencePair pair = rows.pair(inAWord);
      assertThat(pair.chosen().tokenIds()).startsWith(tokenizer.encode("The big dog barks"));
      assertThat(pair.rejected().tokenIds()).startsWith(tokenizer.encode("The big door"));
      assertThat(pair.chosen().prompt())
          .isEqualTo(pair.rejected().prompt())
          .isEqualTo(tokenizer.encode("The big"));
    }
  }

  @Test
  void aGenerationPromptThatIsNoPrefixOfTheWholeIsLeftOutAsInTrl()
      throws IOException, UnusableException {
    Files.writeString(
        directory.resolve("chat_template.jinja"),
        """
        {%- for m in messages %}<|im_start|>{{ m.role }}
        {{ m.content.split('</think>')[-1].lstrip('\\n') if m.role == 'assistant' else m.content }}\
        <|im_end|>
        {% endfor %}
        {%- if add_generation_prompt %}<|im_start|>assistant
        <think>
        {% endif %}
        """);
    Preference thought =
        preference()
            .setMessages(List.of(new ChatMessage("user", "What is 1 and one?")))
            .setChosen("<think>\none more than 1\n</think>\n\nIt is 2.")
            .setRejected("<think>\nhm\n</think>\n\nIt is 9.")
            .build();
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(
              tokenizer, ChatTemplate.find(directory), new RowJoin(128, Truncation.KEEP_START));
      PreferencePair pair = rows.pair(thought);
      assertThat(pair.chosen().prompt())
          .isEqualTo(
              tokenizer.encode(
                  "<|im_start|>user\nWhat is 1 and one?<|im_end|>\n<|im_start|>assistant\n"));
      assertThat(pair.chosen().response()).containsExactly(1041, 437, 224, 21, 17, 2, 202);
      assertThat(rows.demonstration(thought).row().response())
          .containsExactly(1041, 437, 224, 21, 17, 2, 202);
      assertThat(rows.labelled(thought).get(1).row().response())
          .isEqualTo(tokenizer.encode("It is 9.<|im_end|>\n"));
    }
  }

  @Test
  void anAnswerThatTheTemplateLeavesOutIsRefused() throws IOException {
    Files.writeString(
        directory.resolve("chat_template.jinja"),
        "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}");
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(
              tokenizer, ChatTemplate.find(directory), new RowJoin(128, Truncation.KEEP_START));
      assertThatThrownBy(() -> rows.pair(conversation()))
          .isInstanceOf(UnusableException.class)
          .hasMessageContaining("leaves nothing of its response");
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
