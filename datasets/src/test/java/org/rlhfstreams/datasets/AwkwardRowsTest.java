package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;

/** Rows and files that are out of the ordinary are read whole, or said to be bad. */
final class AwkwardRowsTest {
  private static final String PAIR =
      "{\"prompt\": \"p\", \"chosen\": \"yes\", \"rejected\": \"no\"}";
  private static final String OTHER = PAIR.replace("\"p\"", "\"q\"");

  @TempDir private Path directory;

  private ReadFiles files;

  @BeforeEach
  void open() {
    files = new ReadFiles(directory);
  }

  @Test
  void aTextOfAnyLengthIsOneRowAndHidesNoOther() throws IOException {
    String text = "a".repeat(21_000_000);
    String row = PAIR.replace("yes", text);
    Path[] kinds = {
      files.file("a.jsonl", row, OTHER),
      files.file("a.json", "[" + row + ",", OTHER + "]"),
      files.file("a.csv", "prompt,chosen,rejected", "p," + text + ",no", "q,yes,no")
    };
    for (Path file : kinds) {
      assertThat(files.preferences(file))
          .as(file.toString())
          .extracting(Preference::getPrompt)
          .containsExactly("q");
      assertThat(files.bad()).singleElement().asString().endsWith(" too large");
    }
  }

  @Test
  void aMarginThatALossCannotHoldIsABadRow() throws IOException {
    Path pairs =
        files.file(
            "a.jsonl",
            PAIR.replace("}", ", \"margin\": 1e39}"),
            OTHER.replace("}", ", \"margin\": true}"),
            PAIR.replace("}", ", \"margin\": 2}"));
    assertThat(files.preferences(pairs)).extracting(Preference::getMargin).containsExactly(2f);
    assertThat(files.bad()).containsExactly("1 margin not finite", "2 margin not finite");

    String scored = "{\"prompt\": \"p\", \"responses\": [\"a\", \"b\"], \"scores\": [%s]}";
    Path scores = files.file("b.jsonl", scored.formatted("0, 1e39"), scored.formatted("0, 1"));
    assertThat(files.preferences(scores)).extracting(Preference::getMargin).containsExactly(1f);
    assertThat(files.bad()).containsExactly("1 margin not finite");
  }

  @Test
  void anInputThatIsNoTextIsNotLeftOut() throws IOException {
    Path file =
        files.file(
            "a.jsonl",
            "{\"instruction\": \"Double it.\", \"input\": 42, \"completion\": \"84\"}",
            "{\"instruction\": \"Add them.\", \"input\": [1, 2], \"completion\": \"3\"}",
            "{\"instruction\": \"Greet.\", \"input\": null, \"completion\": \"Hi\"}",
            "{\"instruction\": \"Greet me.\", \"completion\": \"Hi\"}");
    assertThat(files.preferences(file))
        .extracting(Preference::getPrompt)
        .containsExactly("Greet.\n", "Greet me.\n");
    assertThat(files.bad()).containsExactly("1 wrong type", "2 wrong type");
    assertThat(files.reasons().get(0)).contains("input is of type number");
    assertThat(files.promptTexts(file)).containsExactly("Greet.\n", "Greet me.\n");
  }

  @Test
  void wordsUnderAnotherNameAreNotTakenForACall() throws IOException {
    String asked = "{\"role\": \"user\", \"content\": \"Weather?\"}";
    String said = "{\"messages\": [" + asked + ", {\"role\": \"assistant\", %s}]}";
    Path file =
        files.file(
            "a.jsonl",
            said.formatted("\"text\": \"Rain.\""),
            said.formatted("\"tool_calls\": [{\"function\": {\"name\": \"f\"}}]"),
            said.formatted("\"content\": \"Rain.\", \"weight\": 1"),
            said.formatted("\"content\": \"Sun.\""));
    assertThat(files.preferences(file)).hasSize(3);
    assertThat(files.bad()).containsExactly("1 wrong type");
    assertThat(files.reasons().get(0)).contains("content", "text");
  }

  @Test
  void speakersOfShareGptAreKnownOrNamed() throws IOException {
    String row =
        "{\"conversations\": [{\"from\": \"%s\", \"value\": \"Hi\"}, {\"from\": \"%s\", \"value\": \"Ho\"}]}";
    Path file =
        files.file(
            "a.jsonl",
            row.formatted("Human", "GPT"),
            row.formatted("user", "model"),
            row.formatted("human", "function_call"),
            "{\"conversations\": [{\"from\": \"human\", \"value\": null},"
                + " {\"from\": \"gpt\", \"value\": \"Ho\"}]}");
    // The first two say the same.
    assertThat(files.preferences(file)).hasSize(1);
    assertThat(files.bad()).containsExactly("2 duplicate", "3 unknown role", "4 wrong type");
    assertThat(files.reasons().get(1)).contains("function_call");
  }

  @Test
  void ofTwoValuesWithOneNameNeitherIsLost() throws IOException {
    Path file =
        files.file(
            "a.jsonl",
            "{\"prompt\": \"p\", \"id\": 7, \"metadata\": {\"id\": \"x\", \"level\": 2}}",
            "{\"prompt\": \"q\", \"metadata\": {\"id\": \"x\"}, \"id\": \"x\"}");
    assertThat(files.prompts(file))
        .extracting(Prompt::getMetadata)
        .containsExactly(Map.of("id", "7", "metadata.id", "x", "level", "2"), Map.of("id", "x"));
  }

  @Test
  void numbersAreWrittenOutWhole() throws IOException {
    Path file = files.file("a.jsonl", "{\"prompt\": \"p\", \"id\": 12345678901234567890}");
    assertThat(files.prompts(file).get(0).getMetadata())
        .containsEntry("id", "12345678901234567890");
  }

  @Test
  void aFileWithoutRowsBesideOthersIsSaid() throws IOException {
    Path full = files.file("full.jsonl", PAIR);
    Path empty = files.file("empty.jsonl", "", " ");
    assertThat(new PreferenceDataset(List.of(full, empty), Map.of()).check().lines())
        .contains("empty.jsonl: no rows");
    Path[] nothing = {
      empty,
      files.file("mark.csv", "\uFEFF"),
      files.file("header.csv", "prompt,chosen,rejected"),
      files.file("array.json", "[]"),
      files.bytes("packed.jsonl.gz", gzip(""))
    };
    for (Path file : nothing) {
      assertThatThrownBy(() -> new PreferenceDataset(List.of(file), Map.of()).check())
          .as(file.toString())
          .isInstanceOf(ExplainedException.class)
          .hasMessageContaining("there are no rows");
    }
  }

  private static byte[] gzip(String... parts) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (String part : parts) {
      try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
        out.write(part.getBytes(StandardCharsets.UTF_8));
      }
    }
    return packed.toByteArray();
  }

  @Test
  void allPartsOfAPackedFileAreRead() throws IOException {
    assertThat(files.preferences(files.bytes("a.jsonl.gz", gzip(PAIR + "\n", OTHER + "\n"))))
        .hasSize(2);
    assertThat(files.preferences(files.bytes("b.jsonl", gzip(PAIR + "\n", OTHER)))).hasSize(2);
  }

  @Test
  void columnsThatNobodyReadsAreSaid() throws IOException {
    Path file =
        files.file(
            "a.jsonl",
            PAIR.replace("}", ", \"system\": \"Be kind.\", \"history\": [], \"margin\": 1}"),
            OTHER);
    assertThat(new PreferenceDataset(List.of(file), Map.of()).check().lines().get(0))
        .startsWith("a.jsonl: pairs")
        .endsWith("; not read: history, system");
    Path all = files.file("b.jsonl", PAIR);
    assertThat(new PreferenceDataset(List.of(all), Map.of()).check().lines().get(0))
        .doesNotContain("not read");
  }

  @Test
  void cellsOfSpreadsheets() throws IOException {
    byte[] macintosh =
        "prompt,chosen,rejected\rp,yes,no\rq,yes,no\r".getBytes(StandardCharsets.UTF_8);
    assertThat(files.preferences(files.bytes("a.csv", macintosh))).hasSize(2);
    Path index = files.file("b.csv", "\uFEFF\"\",\"prompt\",chosen,rejected", "0,p,5\" tall,no");
    assertThat(files.preferences(index))
        .extracting(Preference::getPrompt, Preference::getChosen)
        .containsExactly(tuple("p", "5\" tall"));
    Path semicolons = files.file("c.csv", "prompt;chosen;rejected", "p;yes;no");
    assertThatThrownBy(() -> files.preferences(semicolons))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("separated by semicolons");
  }

  @Test
  void zerosOfAFileThatWasCutShortAreNoText() throws IOException {
    String lines = "Once upon a time\n".repeat(400);
    Path text = files.file("a.txt", lines + "\0\0\0\0", "The end");
    assertThat(files.checked(text).lines()).contains("401 good rows, 1 bad: 1 zero bytes");
    Path table = files.file("a.csv", "prompt", lines + "\0\0\0\0");
    assertThat(files.checked(table).lines()).contains("400 good rows, 1 bad: 1 zero bytes");
  }

  @Test
  void halfACharacterAtTheEndOfUtf16IsABadRow() throws IOException {
    byte[] whole = (PAIR + "\n" + OTHER).getBytes(StandardCharsets.UTF_16LE);
    byte[] cut = Arrays.copyOf(whole, whole.length - 1);
    assertThat(files.preferences(files.bytes("a.jsonl", cut))).hasSize(1);
    assertThat(files.bad()).hasSize(1);
  }

  @Test
  void whatATemplateReadsGoesAlongWithAPrompt() throws IOException {
    String tool = "{\"type\": \"function\", \"function\": {\"name\": \"weather\"}}";
    Path file =
        files.file(
            "a.jsonl",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"Weather?\"}], \"tools\": ["
                + tool
                + "], \"chat_template_kwargs\": {\"enable_thinking\": true}, \"id\": \"a\"}");
    Prompt conversation = files.prompts(file).get(0);
    assertThat(conversation.getTemplateVariables())
        .contains("\"tools\":[{", "\"enable_thinking\":true");
    assertThat(conversation.getMetadata()).isEqualTo(Map.of("id", "a"));
    Path plain = files.file("b.jsonl", "{\"prompt\": \"Weather?\", \"tools\": \"none\"}");
    Prompt text = files.prompts(plain).get(0);
    assertThat(text.getTemplateVariables()).isNull();
    assertThat(text.getMetadata()).isEqualTo(Map.of("tools", "none"));
  }
}
