package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Preference;

/** Cells are texts, and no row is lost between them. */
final class CsvFilesTest {
  @TempDir private Path directory;

  private ReadFiles files;

  @BeforeEach
  void open() {
    files = new ReadFiles(directory);
  }

  @Test
  void aCellIsATextWhateverItBeginsWith() throws IOException {
    Path file =
        files.file(
            "a.csv",
            "prompt,chosen,rejected",
            "Colours as JSON.,\"[\"\"red\"\", \"\"blue\"\"]\",\"red, blue\"",
            "Result as JSON.,\"{\"\"ok\"\": true}\",ok is true",
            "Who said it?,[1] A. Lee said it.,Nobody.",
            "And the sum?,[12] and [13] make 25,25",
            "A chat?,\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"x\"\"}]\",none",
            "\"[\"\"p\"\"]\",1.50,null");
    List<Preference> read = files.preferences(file);
    assertThat(files.bad()).isEmpty();
    assertThat(read)
        .extracting(Preference::getChosen)
        .containsExactly(
            "[\"red\", \"blue\"]",
            "{\"ok\": true}",
            "[1] A. Lee said it.",
            "[12] and [13] make 25",
            "[{\"role\": \"user\", \"content\": \"x\"}]",
            "1.50");
    assertThat(read.get(5).getPrompt()).isEqualTo("[\"p\"]");
    assertThat(read.get(5).getRejected()).isEqualTo("null");
  }

  @Test
  void columnsThatAreAlwaysListsAreJson() throws IOException {
    Path scored =
        files.file(
            "a.csv",
            "prompt,responses,scores",
            "p,\"[\"\"a\"\", \"\"b\"\"]\",\"[1.5, 3]\"",
            "q,a or b,\"[1, 2]\"");
    assertThat(files.preferences(scored))
        .extracting(Preference::getChosen, Preference::getMargin)
        .containsExactly(tuple("b", 1.5f));
    assertThat(files.reasons()).singleElement().asString().contains("responses is a text");

    Path messages =
        files.file(
            "b.csv",
            "messages",
            "\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"hi\"\"},"
                + " {\"\"role\"\": \"\"assistant\"\", \"\"content\"\": \"\"yes\"\"}]\"");
    assertThat(files.preferences(messages))
        .extracting(Preference::getChosen)
        .containsExactly("yes");
  }

  @Test
  void anEmptyCellOfAnOptionalColumnIsNoValue() throws IOException {
    Path file = files.file("a.csv", "prompt,chosen,rejected,margin", "p,a,b,", "q,a,b,2.5");
    assertThat(files.preferences(file))
        .extracting(Preference::getMargin)
        .containsExactly(null, 2.5f);
  }

  @Test
  void cellsThatNoColumnIsNamedForAreABadRow() throws IOException {
    Path file =
        files.file(
            "a.csv",
            "prompt,chosen,rejected",
            "p,yes, of course,no",
            "",
            "\"q\nof two lines\",yes,no",
            "r,yes");
    assertThat(files.preferences(file))
        .extracting(Preference::getPrompt)
        .containsExactly("q\nof two lines");
    assertThat(files.bad()).containsExactly("2 too many cells", "4 missing column");
    assertThat(files.reasons().get(0)).contains("a.csv, row 2", "it has 4 cells", "quotes");
  }

  @Test
  void whatIsNoCsvIsRefused() throws IOException {
    Path open = files.file("a.csv", "text", "\"begun and not ended");
    assertThatThrownBy(() -> files.preferences(open))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("a.csv cannot be read: after row 2 it is not CSV");
    Path twice = files.file("b.csv", "text,text", "a,b");
    assertThatThrownBy(() -> files.preferences(twice))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("names the column \"text\" twice");
  }

  @Test
  void spacesAroundACellAreItsOwn() throws IOException {
    Path file =
        files.bytes(
            "a.csv",
            "prompt,chosen,rejected\r\np , good, bad \r\n\r\n\"q\"\"\",#a,\\b\r\n"
                .getBytes(StandardCharsets.UTF_8));
    assertThat(files.preferences(file))
        .extracting(Preference::getPrompt, Preference::getChosen, Preference::getRejected)
        .containsExactly(tuple("p ", " good", " bad "), tuple("q\"", "#a", "\\b"));
  }

  @Test
  void tabsSeparateTheCellsOfATsv() throws IOException {
    Path file = files.file("a.tsv", "prompt\tchosen\trejected", "p, q\ta, b\tc");
    assertThat(files.preferences(file)).extracting(Preference::getChosen).containsExactly("a, b");
  }
}
