package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Preference;

/** Byte order marks are no content, and bytes of another encoding are no characters. */
final class EncodingsTest {
  private static final String MARK = "\uFEFF";
  private static final String PAIR =
      "{\"id\": \"a\", \"prompt\": \"Café\", \"chosen\": \"👍 yes\", \"rejected\": \"no\"}";
  private static final String OTHER = PAIR.replace("Café", "Tea");

  @TempDir private Path directory;

  private ReadFiles files;

  @BeforeEach
  void open() {
    files = new ReadFiles(directory);
  }

  @Test
  void aByteOrderMarkIsNoContent() throws IOException {
    String[][] kinds = {
      {"a.jsonl", PAIR},
      {"a.json", "[", PAIR, "]"},
      {"a", "\n", "[", PAIR, "]"},
      {"a.csv", "id,prompt,chosen,rejected", "a,Café,👍 yes,no"},
      {"a.tsv", "id\tprompt\tchosen\trejected", "a\tCafé\t👍 yes\tno"}
    };
    for (String[] kind : kinds) {
      String text = String.join("\n", List.of(kind).subList(1, kind.length));
      for (Charset charset : charsets()) {
        Path file = files.encoded(kind[0], charset, MARK + text);
        String tried = kind[0] + " in " + charset;
        assertThat(files.preferences(file))
            .as(tried)
            .extracting(Preference::getChosen)
            .containsExactly("👍 yes");
        assertThat(files.promptTexts(file)).as(tried).containsExactly("Café");
        assertThat(files.rows(file).get(0).json().get("id").asText()).as(tried).isEqualTo("a");
      }
    }
  }

  private static Charset[] charsets() {
    return new Charset[] {
      StandardCharsets.UTF_8,
      StandardCharsets.UTF_16LE,
      StandardCharsets.UTF_16BE,
      Charset.forName("UTF-32LE"),
      Charset.forName("UTF-32BE")
    };
  }

  @Test
  void plainTextHasNoMarkEither() throws IOException {
    for (Charset charset : charsets()) {
      Path file =
          files.encoded("a.txt", charset, MARK + "Once upon a time", "The little dog", MARK + "x");
      assertThat(files.promptTexts(file))
          .as(charset.name())
          .containsExactly("Once upon a time", "The little dog", "x");
    }
    Path packed =
        files.bytes("a.txt.gz", gzip((MARK + "Once upon a time").getBytes(StandardCharsets.UTF_8)));
    assertThat(files.promptTexts(packed)).containsExactly("Once upon a time");
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  @Test
  void utf16WithoutAMarkIsKnownByItsZeros() throws IOException {
    for (Charset charset : charsets()) {
      assertThat(files.preferences(files.encoded("a.jsonl", charset, PAIR, OTHER)))
          .as(charset.name())
          .hasSize(2);
    }
  }

  @Test
  void bytesThatAreNotUtf8AreABadRowOfEveryKindOfFile() throws IOException {
    Path[] broken = {
      files.broken("a.jsonl", '#', ascii(PAIR).replace("Cafe", "Caf#"), ascii(OTHER)),
      files.broken(
          "a.json", '#', "[" + ascii(PAIR).replace("Cafe", "Caf#") + ",", ascii(OTHER) + "]"),
      files.broken("a.csv", '#', "prompt,chosen,rejected", "Caf#,a,b", "Tea,a,b")
    };
    for (Path file : broken) {
      assertThat(files.preferences(file))
          .as(file.toString())
          .extracting(Preference::getPrompt)
          .containsExactly("Tea");
      assertThat(files.bad()).singleElement().asString().endsWith(" invalid UTF-8");
      assertThat(files.reasons().get(0)).contains("not UTF-8 (E9)");
      assertThat(files.promptTexts(file)).containsExactly("Tea");
      assertThatThrownBy(() -> files.rows(file))
          .isInstanceOf(ExplainedException.class)
          .hasMessageStartingWith(file.getFileName() + ", ")
          .hasMessageContaining("not UTF-8");
    }
  }

  private static String ascii(String text) {
    return text.replace("é", "e").replace("👍", "+");
  }

  @Test
  void aLineOfTextThatIsNotUtf8IsABadRow() throws IOException {
    Path one = files.broken("a.txt", '#', "Caf# de la gare");
    assertThatThrownBy(() -> files.checked(one))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("1 of 1 rows are bad (1 invalid UTF-8)")
        .hasMessageContaining("a.txt, line 1");
    Path two = files.broken("a.txt", '#', "Tea", "Caf#", "Milk");
    assertThat(files.checked(two).lines()).contains("2 good rows, 1 bad: 1 invalid UTF-8");
    assertThat(files.promptTexts(two)).containsExactly("Tea", "Milk");
  }

  @Test
  void formsThatLenientDecodersTakeAreRefused() throws IOException {
    byte[][] odd = {
      {(byte) 0xC0, (byte) 0xAF}, // overlong
      {(byte) 0xED, (byte) 0xA0, (byte) 0xBD}, // half a pair, as CESU-8 has it
      {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80}, // beyond Unicode
      {(byte) 0xE2, (byte) 0x82} // cut short
    };
    for (byte[] form : odd) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write("{\"text\": \"a\"}\n{\"text\": \"".getBytes(StandardCharsets.UTF_8));
      bytes.write(form);
      bytes.write("\"}\n".getBytes(StandardCharsets.UTF_8));
      assertThat(files.preferences(files.bytes("a.jsonl", bytes.toByteArray()))).hasSize(1);
      assertThat(files.bad()).containsExactly("2 invalid UTF-8");
    }
  }

  @Test
  void aCharacterThatABufferEndsInIsWhole() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      text.append(i % 7 == 0 ? "👍" : i % 5 == 0 ? "€" : "a");
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    try (EscapingReader reader =
        new EscapingReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8)) {
      StringBuilder read = new StringBuilder();
      char[] piece = new char[1];
      while (reader.read(piece, 0, 1) > 0) {
        read.append(piece[0]);
      }
      assertThat(read).hasToString(text.toString());
    }
  }

  @Test
  void whatIsNoTextIsRefusedByItsKind() throws IOException {
    Path workbook = files.bytes("a.csv", new byte[] {'P', 'K', 3, 4, 0, 0});
    assertThatThrownBy(() -> files.preferences(workbook))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("a.csv cannot be read: it is a ZIP archive or an Excel workbook");
    Path zeros = files.bytes("b.txt", new byte[] {'a', 'b', 'c', 0, 0, 'd'});
    assertThatThrownBy(() -> files.promptTexts(zeros))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("it is no text");
    Path plain = files.file("c.jsonl.gz", PAIR);
    assertThatThrownBy(() -> files.preferences(plain))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("cut short or damaged");
  }
}
