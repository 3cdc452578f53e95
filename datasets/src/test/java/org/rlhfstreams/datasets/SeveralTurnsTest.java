package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;

/** Answers of several turns are taken whole, and the prompt is what TRL takes for it. */
final class SeveralTurnsTest {
  @TempDir private Path directory;

  private ReadFiles files;

  @BeforeEach
  void open() {
    files = new ReadFiles(directory);
  }

  /** {@code u:hi a:hello} as messages. */
  private static String json(String turns) {
    return said(turns).stream()
        .map(
            message ->
                "{\"role\": \"%s\", \"content\": \"%s\"}"
                    .formatted(message.getRole(), message.getContent()))
        .toList()
        .toString();
  }

  private static List<ChatMessage> said(String turns) {
    return turns.isEmpty()
        ? List.of()
        : List.of(turns.split(" ", -1)).stream().map(SeveralTurnsTest::message).toList();
  }

  private static ChatMessage message(String turn) {
    String role =
        switch (turn.charAt(0)) {
          case 'u' -> "user";
          case 'a' -> "assistant";
          case 's' -> "system";
          default -> "tool";
        };
    return new ChatMessage(role, turn.substring(2), null);
  }

  private Preference read(String row) throws IOException {
    List<Preference> read = files.preferences(files.file("rows.jsonl", row));
    assertThat(files.reasons()).isEmpty();
    assertThat(read).hasSize(1);
    return read.get(0);
  }

  private void assertPair(String row, String prompt, String chosen, String rejected)
      throws IOException {
    Preference pair = read(row);
    assertThat(pair.getPrompt()).isEmpty();
    assertThat(pair.getMessages()).isEqualTo(said(prompt));
    assertThat(pair.getChosenMessages()).isEqualTo(said(chosen));
    assertThat(pair.getRejectedMessages()).isEqualTo(said(rejected));
  }

  private static String implicit(String chosen, String rejected) {
    return "{\"chosen\": %s, \"rejected\": %s}".formatted(json(chosen), json(rejected));
  }

  @Test
  void theSharedTurnsAreThePrompt() throws IOException {
    assertPair(implicit("u:q a:x u:y a:z", "u:q a:1"), "u:q", "a:x u:y a:z", "a:1");
    assertPair(
        implicit("s:k u:q a:x u:y a:z", "s:k u:q a:x u:w a:v"),
        "s:k u:q a:x",
        "u:y a:z",
        "u:w a:v");
    assertPair(implicit("u:q a:x", "u:q a:x u:y a:z"), "u:q", "a:x", "a:x u:y a:z");
    assertPair(implicit("u:q a:x u:y", "u:q a:z u:y"), "u:q", "a:x u:y", "a:z u:y");
  }

  @Test
  void conversationsMayShareNothing() throws IOException {
    assertPair(implicit("u:q a:x", "u:p a:x"), "", "u:q a:x", "u:p a:x");
    assertPair(implicit("s:k u:q a:x", "u:q a:x"), "", "s:k u:q a:x", "u:q a:x");
  }

  @Test
  void aPromptApartIsThePromptWhateverTheAnswersShare() throws IOException {
    String row = "{\"prompt\": %s, \"chosen\": %s, \"rejected\": %s}";
    assertPair(
        row.formatted(json("u:q"), json("a:x u:y a:z"), json("a:x u:y a:w")),
        "u:q",
        "a:x u:y a:z",
        "a:x u:y a:w");
    assertPair(
        row.formatted(json("u:q a:x"), json("u:y a:z"), json("u:w a:v")),
        "u:q a:x",
        "u:y a:z",
        "u:w a:v");
    assertPair(
        row.formatted("\"q\"", json("a:x u:y a:z"), json("a:w")), "u:q", "a:x u:y a:z", "a:w");
  }

  @Test
  void completionsAndWholeConversationsMayHaveSeveralTurns() throws IOException {
    Preference completion =
        read(
            "{\"prompt\": %s, \"completion\": %s, \"label\": true}"
                .formatted(json("u:q"), json("a:x t:r a:y")));
    assertThat(completion.getMessages()).isEqualTo(said("u:q"));
    assertThat(completion.getChosenMessages()).isEqualTo(said("a:x t:r a:y"));
    assertThat(completion.getChosen()).isEqualTo("y");
    assertThat(completion.getLabel()).isTrue();
    Preference whole = read("{\"messages\": %s}".formatted(json("u:q a:x u:y")));
    assertThat(whole.getMessages()).isEmpty();
    assertThat(whole.getChosenMessages()).isEqualTo(said("u:q a:x u:y"));
    assertThat(whole.getChosen()).isEqualTo("x");
  }

  @Test
  void whatHasNoAnswerOrNoQuestionIsABadRow() throws IOException {
    Path file =
        files.file(
            "rows.jsonl",
            implicit("u:q a:x u:y", "u:q a:x u:z"),
            implicit("a:x", "a:y"),
            implicit("u: a:x", "u: a:y"),
            implicit("u:q a:x", "u:q a:y"));
    assertThat(files.preferences(file)).hasSize(1);
    assertThat(files.bad()).containsExactly("1 no answer", "2 empty prompt", "3 empty prompt");
    assertThat(files.reasons().get(0))
        .contains("chosen ends with a message of the role user", "after its 2 shared ones");
  }

  @Test
  void aConversationKeepsTheIdentityOfEarlierReleases() throws IOException {
    assertThat(read("{\"messages\": %s}".formatted(json("u:q a:x"))).getPreferenceId())
        .isEqualTo("rows.jsonl:12ce45dadb25cfaf44507259");
  }
}
