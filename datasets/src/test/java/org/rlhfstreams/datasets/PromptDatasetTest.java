package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Prompt;

/** Prompts of every kind of file, with all that a row says of them. */
final class PromptDatasetTest {
  @TempDir private Path directory;

  private ReadFiles files;

  @BeforeEach
  void open() {
    files = new ReadFiles(directory);
  }

  @Test
  void promptsAreReadFromEveryKindOfFile() throws IOException {
    for (Path file :
        new Path[] {
          files.file("a.txt", "Once upon a time, a fox", "", "The dog"),
          files.file("prompts", "Once upon a time, a fox", "The dog"),
          files.file("a.csv", "prompt,source", "\"Once upon a time, a fox\",x", "The dog,y"),
          files.file("a.tsv", "prompt\tsource", "Once upon a time, a fox\tx", "The dog\ty"),
          files.file(
              "a.jsonl", "{\"prompt\": \"Once upon a time, a fox\"}", "{\"prompt\": \"The dog\"}"),
          files.file(
              "a.json", "[{\"prompt\": \"Once upon a time, a fox\"}, {\"prompt\": \"The dog\"}]")
        }) {
      assertThat(files.promptTexts(file))
          .as(file.toString())
          .containsExactly("Once upon a time, a fox", "The dog");
      assertThat(files.checked(file).lines()).contains("2 good rows, 0 bad");
    }
  }

  @Test
  void aLineOfPlainTextIsAPromptWhateverItBeginsWith() throws IOException {
    String[] lines = {"[1] Sing.", "{\"a\": 1} is what?", " indented, and more "};
    assertThat(files.promptTexts(files.file("a.txt", lines))).containsExactly(lines);
    assertThat(files.promptTexts(files.file("a", lines))).containsExactly(lines);
  }

  @Test
  void aConversationIsAPrompt() throws IOException {
    String messages =
        "[{\"role\": \"system\", \"content\": \"s\"}, {\"role\": \"user\", \"content\": \"q\"}]";
    String[] rows = {
      "{\"messages\": " + messages + "}",
      "{\"prompt\": " + messages + "}",
      "{\"conversations\": [{\"from\": \"system\", \"value\": \"s\"}, {\"from\": \"human\","
          + " \"value\": \"q\"}]}"
    };
    for (String row : rows) {
      assertThat(files.prompts(files.file("a.jsonl", row)))
          .as(row)
          .extracting(Prompt::getMessages)
          .containsExactly(
              List.of(new ChatMessage("system", "s", null), new ChatMessage("user", "q", null)));
      assertThat(files.prompts(files.file("a.jsonl", row)).get(0).getText()).isNull();
    }
    Path answered =
        files.file("b.jsonl", "{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}");
    assertThatThrownBy(() -> files.checked(answered))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("b.jsonl, line 1: messages ends with an answer of the assistant");
  }

  @Test
  void whatARowSaysBesideItsPromptIsItsMetadata() throws IOException {
    Prompt prompt =
        files
            .prompts(
                files.file(
                    "a.jsonl",
                    "{\"id\": 7, \"prompt\": \"p\", \"answer\": \"42\", \"tags\": [\"x\"],"
                        + " \"none\": null, \"metadata\": {\"level\": 1.50}}"))
            .get(0);
    assertThat(prompt.getMetadata())
        .isEqualTo(Map.of("id", "7", "answer", "42", "tags", "[\"x\"]", "level", "1.5"));
    assertThat(files.prompts(files.file("a.csv", "id,prompt", "001,p")).get(0).getMetadata())
        .isEqualTo(Map.of("id", "001"));
    assertThat(files.prompts(files.file("a.txt", "p")).get(0).getMetadata()).isEmpty();
  }

  @Test
  void aRowThatIsNoPromptIsNamedAndCounted() throws IOException {
    Path file =
        files.file(
            "a.jsonl",
            "{\"prompt\": \"p\"}",
            "{\"prompt\": \" \"}",
            "{\"prompt\": 5}",
            "{\"prompt\": \"q\"}",
            "{\"prompt\": ",
            "{\"prompt\": \"r\"}",
            "{\"prompt\": null}",
            "{\"prompt\": \"s\"}");
    DatasetSummary summary = files.checked(file);
    assertThat(summary.lines())
        .contains("4 good rows, 4 bad: 1 broken JSON, 2 empty prompt, 1 wrong type");
    assertThat(summary.examples())
        .contains("a.jsonl, line 2: its prompt is empty")
        .contains("a.jsonl, line 3: prompt is of type number: make it a text");
    assertThat(files.promptTexts(file)).containsExactly("p", "q", "r", "s");
  }

  @Test
  void aFileWithoutPromptsIsRefused() throws IOException {
    Path columns = files.file("a.jsonl", "{\"question\": \"why\"}");
    assertThatThrownBy(() -> files.checked(columns))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("a.jsonl, from line 1 on, has the columns [question]")
        .hasMessageContaining("--map prompt=question");
    for (Path empty : new Path[] {files.file("a.txt", "", " "), files.file("a.csv", "prompt")}) {
      assertThatThrownBy(() -> files.checked(empty))
          .isInstanceOf(ExplainedException.class)
          .hasMessageContaining("there are no rows");
    }
    List<String> texts = new ArrayList<>();
    new PromptDataset(List.of(columns), Map.of("prompt", "question"))
        .forEach(prompt -> texts.add(prompt.getText()));
    assertThat(texts).containsExactly("why");
  }

  @Test
  void aRowWithoutAColumnThatScorersNeedIsABadRow() throws IOException {
    Path sums =
        files.file(
            "a.jsonl",
            "{\"prompt\": \"7 + 5 =\", \"answer\": 12}",
            "{\"prompt\": \"7 + 6 =\", \"level\": \"easy\"}");
    PromptDataset needing = new PromptDataset(List.of(sums), Map.of()).requiring(List.of("answer"));
    List<Prompt> good = new ArrayList<>();
    needing.forEach(good::add);
    assertThat(good).extracting(Prompt::getMetadata).containsExactly(Map.of("answer", "12"));
    DatasetSummary summary = needing.check();
    assertThat(summary.lines()).contains("1 good rows, 1 bad: 1 no column answer");
    assertThat(summary.examples())
        .singleElement()
        .asString()
        .contains("there is no answer, which --metadata (admission.metadata) names")
        .contains("its other columns are: level");
  }

  @Test
  void aRowThatNoRecordHoldsIsABadRow() throws IOException {
    String large = "the cat ".repeat(410_000);
    Path prompts = files.file("a.txt", large, "Once", "Twice");
    assertThat(files.promptTexts(prompts)).containsExactly("Once", "Twice");
    Path texts = files.file("a.jsonl", "{\"text\": \"" + large + "\"}", "{\"text\": \"Once 0.\"}");
    assertThat(files.preferences(texts)).hasSize(1);
    assertThat(files.bad()).containsExactly("1 too large");
    assertThat(files.reasons().get(0)).contains("a.jsonl, line 1: it has 3,203 KiB of text");
  }
}
