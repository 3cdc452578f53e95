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
  private static final String TOOL =
      "{\"type\": \"function\", \"function\": {\"name\": \"weather\","
          + " \"description\": \"Weather of a town\", \"parameters\": {\"type\": \"object\","
          + " \"properties\": {\"town\": {\"type\": \"string\"}}, \"required\": [\"town\"]}}}";
  private static final String CALL =
      "{\"type\": \"function\","
          + " \"function\": {\"name\": \"weather\", \"arguments\": {\"town\": \"Oslo\"}}}";
  private static final String TOOLS_TEMPLATE =
      """
      {%- if tools %}<|im_start|>system
      Tools: {% for t in tools %}{{ t | tojson }}{% endfor %}<|im_end|>
      {% endif %}
      {%- for m in messages %}<|im_start|>{{ m.role }}
      {% if m.reasoning_content %}({{ m.reasoning_content }}){% endif %}{{ m.content or '' }}
      {%- if m.tool_calls %}{% for c in m.tool_calls %}\
      <call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>\
      {% endfor %}{% endif %}<|im_end|>
      {% endfor %}
      {%- if add_generation_prompt %}<|im_start|>assistant
      {% endif %}
      """;

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
    return preference().setMessages(List.of(new ChatMessage("user", "how are you", null))).build();
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
            .setMessages(List.of(new ChatMessage("user", "What is 1 and one?", null)))
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
  void toolsCallsAndReasoningReachTheTemplate() throws IOException, UnusableException {
    Files.writeString(directory.resolve("chat_template.jinja"), TOOLS_TEMPLATE);
    Preference withTools =
        preference()
            .setMessages(
                List.of(
                    new ChatMessage("user", "Weather in Oslo, day 1?", null),
                    new ChatMessage(
                        "assistant",
                        "",
                        "{\"role\": \"assistant\", \"content\": null, \"tool_calls\": ["
                            + CALL
                            + "]}"),
                    new ChatMessage("tool", "rain", null)))
            .setChosen("It rains, 0.")
            .setRejected("Sunny.")
            .setTemplateVariables("{\"tools\": [" + TOOL + "]}")
            .build();
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(
              tokenizer, ChatTemplate.find(directory), new RowJoin(512, Truncation.KEEP_START));
      PreferencePair pair = rows.pair(withTools);
      assertThat(pair.chosen().prompt()).hasSize(192); // TRL 1.16's
      assertThat(tokenizer.decode(pair.chosen().prompt(), false))
          .contains("Tools: {\"type\": \"function\", ")
          .contains("<call>weather {\"town\": \"Oslo\"}</call>");

      Preference call =
          Preference.newBuilder(withTools)
              .setMessages(List.of(new ChatMessage("user", "Weather in Oslo?", null)))
              .setChosen("")
              .setChosenMessages(
                  List.of(
                      new ChatMessage(
                          "assistant",
                          "",
                          "{\"role\": \"assistant\", \"content\": \"\","
                              + " \"reasoning_content\": \"ask\", \"tool_calls\": ["
                              + CALL
                              + "]}")))
              .build();
      assertThat(tokenizer.decode(rows.pair(call).chosen().response(), false))
          .isEqualTo("(ask)<call>weather {\"town\": \"Oslo\"}</call><|im_end|>\n");
      assertThat(tokenizer.decode(rows.pair(call).rejected().response(), false))
          .isEqualTo("Sunny.<|im_end|>\n");
      assertThat(rows.labelled(call).get(0).row().response())
          .isEqualTo(rows.demonstration(call).row().response())
          .isEqualTo(rows.pair(call).chosen().response());
    }
  }

  @Test
  void furtherVariablesOfARowReachTheTemplate() throws IOException, UnusableException {
    Files.writeString(
        directory.resolve("chat_template.jinja"),
        "{{ 'thinking' if enable_thinking else 'quick' }}\n"
            + "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
            + "{% if add_generation_prompt %}<assistant>{% endif %}");
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(
              tokenizer, ChatTemplate.find(directory), new RowJoin(128, Truncation.KEEP_START));
      Preference thinking =
          Preference.newBuilder(conversation())
              .setTemplateVariables("{\"enable_thinking\": true}")
              .build();
      assertThat(tokenizer.decode(rows.pair(thinking).chosen().prompt(), false))
          .startsWith("thinking\n");
      assertThat(tokenizer.decode(rows.pair(conversation()).chosen().prompt(), false))
          .startsWith("quick\n");
    }
  }

  @Test
  void conversationsThatShareNothingAreResponsesFromTheirBeginning()
      throws IOException, UnusableException {
    Files.writeString(
        directory.resolve("chat_template.jinja"),
        "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}");
    Preference apart =
        preference()
            .setChosenMessages(
                List.of(
                    new ChatMessage("user", "hi", null), new ChatMessage("assistant", "a", null)))
            .setRejectedMessages(
                List.of(
                    new ChatMessage("user", "ho", null), new ChatMessage("assistant", "b", null)))
            .build();
    try (Tokenizer tokenizer = Tokenizer.open(policy())) {
      PreferenceRows rows =
          new PreferenceRows(
              tokenizer, ChatTemplate.find(directory), new RowJoin(128, Truncation.KEEP_START));
      int[] chosen = tokenizer.encode("<user>hi</s><assistant>a</s>");
      assertThat(rows.pair(apart).chosen().tokenIds()).isEqualTo(chosen);
      assertThat(rows.pair(apart).chosen().responseStart()).isEqualTo(1);
      assertThat(rows.labelled(apart)).hasSize(2);
      assertThat(rows.surroundedPair(apart).rejected().tokenIds()).endsWith(0);
      assertThat(rows.demonstration(apart).learnedTokens()).isEqualTo(chosen.length - 1);
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
