package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;

/** Conversations in the forms that data sets have. */
final class ConversationsTest {
  @TempDir private Path directory;

  private ReadFiles files;

  @BeforeEach
  void open() {
    files = new ReadFiles(directory);
  }

  private static String from(String who, String what) {
    return "{\"from\": \"%s\", \"value\": \"%s\"}".formatted(who, what);
  }

  @Test
  void speakersOfShareGptAreRoles() throws IOException {
    Map<String, String> roles =
        Map.of("human", "user", "user", "user", "system", "system", "tool", "tool");
    for (Map.Entry<String, String> role : roles.entrySet()) {
      for (String assistant : List.of("gpt", "chatgpt", "bing", "bard", "assistant", "GPT")) {
        String row =
            "{\"conversations\": [%s, %s]}"
                .formatted(from(role.getKey(), "q"), from(assistant, "a"));
        assertThat(files.preferences(files.file("a.jsonl", row)))
            .as(row)
            .extracting(Preference::getChosenMessages, Preference::getChosen)
            .containsExactly(
                tuple(
                    List.of(
                        new ChatMessage(role.getValue(), "q", null),
                        new ChatMessage("assistant", "a", null)),
                    "a"));
      }
    }
  }

  @Test
  void aSpeakerThatIsNotKnownIsNamed() throws IOException {
    String row = "{\"conversations\": [%s, %s]}";
    Path file =
        files.file(
            "a.jsonl",
            row.formatted(from("narrator", "q"), from("gpt", "a")),
            row.formatted(from("human", "q"), from("human", "a")),
            row.formatted(from("human", "q"), from("gpt", "a")));
    assertThat(files.preferences(file)).hasSize(1);
    assertThat(files.bad()).containsExactly("1 unknown role", "2 no answer");
    assertThat(files.reasons().get(0)).contains("conversations has a message from narrator");
    assertThat(files.reasons().get(1)).contains("ends with a message of the role user");
  }

  @Test
  void aPairMayBeTwoMessagesAfterAConversation() throws IOException {
    Path file =
        files.file(
            "a.jsonl",
            "{\"conversations\": [%s], \"chosen\": %s, \"rejected\": %s}"
                .formatted(from("human", "q0"), from("gpt", "good 0"), from("gpt", "bad 0")),
            "{\"conversations\": [%s], \"chosen\": \"good 1\", \"rejected\": \"bad 1\"}"
                .formatted(from("human", "q1")));
    assertThat(files.preferences(file))
        .extracting(Preference::getMessages, Preference::getChosen, Preference::getRejected)
        .containsExactly(
            tuple(List.of(new ChatMessage("user", "q0", null)), "good 0", "bad 0"),
            tuple(List.of(new ChatMessage("user", "q1", null)), "good 1", "bad 1"));
  }

  @Test
  void messagesAreAPromptOnlyWhereThereIsNoOther() throws IOException {
    String messages =
        "\"messages\": [{\"role\": \"user\", \"content\": \"q\"},"
            + " {\"role\": \"assistant\", \"content\": \"a\"}]";
    Path file =
        files.file(
            "a.jsonl",
            "{\"prompt\": \"p\", " + messages + ", \"chosen\": \"a\", \"rejected\": \"b\"}");
    assertThat(files.preferences(file))
        .extracting(Preference::getPrompt, Preference::getMessages)
        .containsExactly(tuple("p", List.of()));
    Path answered =
        files.file(
            "b.jsonl", "{" + messages + ", \"chosen\": \"a\", \"rejected\": \"b\"}", "{\"x\": 1}");
    assertThat(files.preferences(answered)).isEmpty();
    assertThat(files.bad()).containsExactly("1 answered prompt", "2 missing column");
  }
}
