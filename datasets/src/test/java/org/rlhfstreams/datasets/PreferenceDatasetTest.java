package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;

final class PreferenceDatasetTest {
  @TempDir private Path directory;

  private final List<BadRow> bad = new ArrayList<>();

  private Path file(String name, byte[] bytes) throws IOException {
    Path file = directory.resolve(name);
    try (OutputStream out =
        name.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      out.write(bytes);
    }
    return file;
  }

  private Path file(String name, String... lines) throws IOException {
    return file(name, String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  private List<Preference> read(Path... files) {
    return read(Map.of(), files);
  }

  private List<Preference> read(Map<String, String> renames, Path... files) {
    List<Preference> good = new ArrayList<>();
    new PreferenceDataset(List.of(files), renames).forEach(good::add, bad::add);
    return good;
  }

  @Test
  void pairsAreReadFromEveryKindOfFile() throws IOException {
    String row = "{\"prompt\": \"p\", \"chosen\": \" good\", \"rejected\": \" bad\"}";
    for (Path file :
        List.of(
            file("a.jsonl", row),
            file("b.jsonl.gz", row, ""),
            file("c.json", "[", row, "]"),
            file("d", row),
            file("e.csv", "prompt,chosen,rejected", "p,\" good\",\" bad\""))) {
      List<Preference> read = read(file);
      assertThat(read).as(file.toString()).hasSize(1);
      assertThat(read.get(0).getPrompt()).isEqualTo("p");
      assertThat(read.get(0).getChosen()).isEqualTo(" good");
      assertThat(read.get(0).getRejected()).isEqualTo(" bad");
    }
    assertThat(bad).isEmpty();
  }

  @Test
  void thePromptThatBothBeginWithIsFound() throws IOException {
    Preference text =
        read(file(
                "a.jsonl", "{\"chosen\": \"The sky is blue.\", \"rejected\": \"The sky is far.\"}"))
            .get(0);
    assertThat(text.getPrompt()).isEqualTo("The sky is");
    assertThat(text.getChosen()).isEqualTo(" blue.");

    String user = "{\"role\": \"user\", \"content\": \"hi\"}";
    Preference conversation =
        read(file(
                "b.jsonl",
                ("{\"prompt\": \"hi\", \"chosen\": [%s, {\"role\": \"assistant\", \"content\":"
                        + " \"yes\"}], \"rejected\": [%s, {\"role\": \"assistant\", \"content\":"
                        + " \"no\"}]}")
                    .formatted(user, user)))
            .get(0);
    assertThat(conversation.getMessages()).containsExactly(new ChatMessage("user", "hi", null));
    assertThat(conversation.getPrompt()).isEmpty();
    assertThat(conversation.getChosen()).isEqualTo("yes");
    assertThat(conversation.getRejected()).isEqualTo("no");
  }

  @Test
  void theBestOfScoredResponsesStandsAgainstTheWorst() throws IOException {
    Preference pair =
        read(file(
                "a.jsonl",
                "{\"prompt\": \"p\", \"responses\": [\"b\", \"a\", \"c\"], \"scores\": [2, 5.5,"
                    + " 1]}"))
            .get(0);
    assertThat(pair.getChosen()).isEqualTo("a");
    assertThat(pair.getRejected()).isEqualTo("c");
    assertThat(pair.getMargin()).isEqualTo(4.5f);
  }

  @Test
  void labelsDemonstrationsConversationsAndTextsAreRead() throws IOException {
    assertThat(read(file("a.csv", "prompt,completion,label", "p,c,False")).get(0).getLabel())
        .isFalse();
    assertThat(
            read(file("b.jsonl", "{\"prompt\": \"p\", \"completion\": \"c\"}")).get(0).getLabel())
        .isNull();
    Preference conversation =
        read(file(
                "c.jsonl",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"},"
                    + " {\"role\": \"assistant\", \"content\": \"hello\"}]}"))
            .get(0);
    assertThat(conversation.getMessages()).isEmpty();
    assertThat(conversation.getChosenMessages())
        .containsExactly(
            new ChatMessage("user", "hi", null), new ChatMessage("assistant", "hello", null));
    assertThat(conversation.getChosen()).isEqualTo("hello");
    assertThat(read(file("d.jsonl", "{\"text\": \"t\"}")).get(0).getChosen()).isEqualTo("t");
    Preference instruction =
        read(file(
                "e.json",
                "[{\"instruction\": \"do\", \"input\": \"this\", \"chosen\": \"a\", \"rejected\":"
                    + " \"b\"}]"))
            .get(0);
    assertThat(instruction.getPrompt()).isEqualTo("do\nthis\n");
  }

  @Test
  void columnsCanHaveOtherNames() throws IOException {
    Preference pair =
        read(
                Map.of("chosen", "better", "rejected", "worse"),
                file("a.jsonl", "{\"prompt\": \"p\", \"better\": \"a\", \"worse\": \"b\"}"))
            .get(0);
    assertThat(pair.getChosen()).isEqualTo("a");
    assertThat(pair.getRejected()).isEqualTo("b");
  }

  @Test
  void badRowsAreNamedAndTheOthersRead() throws IOException {
    Path file =
        file(
            "a.jsonl",
            "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}",
            "{\"prompt\": \"\", \"chosen\": \"a\", \"rejected\": \"b\"}",
            "{\"prompt\": \"p\", \"chosen\": \" \", \"rejected\": \"b\"}",
            "{\"prompt\": \"p\", \"chosen\": \"b\", \"rejected\": \"b\"}",
            "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}",
            "{\"prompt\": \"p\", \"chosen\": 7, \"rejected\": \"b\"}",
            "{\"prompt\": \"p\", \"chosen\": \"a\"}",
            "{\"prompt\": \"p\", \"chosen\": \"x\", \"rejected\": \"y\", \"margin\": \"NaN\"}",
            "{\"prompt\": \"p\", \"chosen\": \"cut",
            "[1]",
            "{\"prompt\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}");
    assertThat(read(file))
        .extracting(Preference::getSource)
        .containsExactly("a.jsonl:1", "a.jsonl:11");
    assertThat(bad)
        .extracting(BadRow::kind)
        .containsExactly(
            "empty prompt",
            "empty response",
            "chosen equals rejected",
            "duplicate",
            "wrong type",
            "missing column",
            "margin not finite",
            "broken JSON",
            "no object");
    assertThat(bad)
        .extracting(row -> row.place().number())
        .containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void bytesThatAreNotUtf8AreABadRow() throws IOException {
    byte[] text = "{\"text\": \"a\"}\n{\"text\": \"?\"}\n".getBytes(StandardCharsets.UTF_8);
    text[text.length - 4] = (byte) 0xff;
    assertThat(read(file("a.jsonl", text))).hasSize(1);
    assertThat(bad).extracting(BadRow::kind).containsExactly("invalid UTF-8");
  }

  @Test
  void mostlyBadDataIsRefusedWithCounts() throws IOException {
    Path file =
        file(
            "a.jsonl",
            "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}",
            "{\"prompt\": \"p\", \"chosen\": \"b\", \"rejected\": \"b\"}",
            "{\"prompt\": \"q\", \"chosen\": \"b\", \"rejected\": \"b\"}");
    assertThatThrownBy(() -> new PreferenceDataset(List.of(file), Map.of()).check())
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("2 of 3 rows are bad (2 chosen equals rejected)")
        .hasMessageContaining("a.jsonl, line 2");
  }

  @Test
  void whatCannotBeReadAtAllSaysWhatToDo() throws IOException {
    assertThatThrownBy(() -> read(file("a.jsonl", "{\"question\": \"why\"}")))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("columns [question]")
        .hasMessageContaining("--map chosen=better");
    assertThatThrownBy(() -> read(file("b.json", "[{\"text\": \"a\"},", "{\"text\": ")))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("b.json cannot be read: line 2");
    assertThatThrownBy(() -> read(file("c.parquet", "no such thing at all")))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("c.parquet cannot be read");
    assertThatThrownBy(() -> DataPaths.of(List.of(directory + "/none.jsonl"), input("")))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("none.jsonl does not exist");
  }

  @Test
  void patternsAndStandardInputNameFiles() throws IOException {
    Path one = file("x1.jsonl", "{\"text\": \"a\"}");
    Path two = file("x2.jsonl", "{\"text\": \"b\"}");
    assertThat(DataPaths.of(List.of(directory + "/x*.jsonl"), input(""))).containsExactly(one, two);
    List<Path> spooled = DataPaths.of(List.of("-"), input("{\"text\": \"c\"}"));
    assertThat(read(spooled.get(0))).extracting(Preference::getChosen).containsExactly("c");
  }

  private static ByteArrayInputStream input(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
