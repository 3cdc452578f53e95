package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Preference;

/** Every object of a file is a row, or is said to be bad. */
final class JsonFilesTest {
  @TempDir private Path directory;

  private ReadFiles files;

  @BeforeEach
  void open() {
    files = new ReadFiles(directory);
  }

  private static String pair(int number) {
    return String.format(
        Locale.ROOT, "{\"prompt\": \"p%d\", \"chosen\": \"yes\", \"rejected\": \"no\"}", number);
  }

  @Test
  void objectsThatFollowEachOtherOnALineAreRows() throws IOException {
    Path file = files.file("a.jsonl", pair(0), pair(1) + pair(2) + "  " + pair(3), pair(4));
    assertThat(files.preferences(file))
        .extracting(Preference::getPrompt, Preference::getSource)
        .extracting(Object::toString)
        .containsExactly(
            "(\"p0\", \"a.jsonl:1\")",
            "(\"p1\", \"a.jsonl:2\")",
            "(\"p2\", \"a.jsonl:2\")",
            "(\"p3\", \"a.jsonl:2\")",
            "(\"p4\", \"a.jsonl:3\")");
    assertThat(files.bad()).isEmpty();
    assertThat(files.promptTexts(file)).containsExactly("p0", "p1", "p2", "p3", "p4");
    assertThat(files.rows(file)).hasSize(5);
  }

  @Test
  void aLineWithSomethingBehindItsObjectIsABadRow() throws IOException {
    for (String behind : new String[] {" trailing junk", " 7", "{\"prompt\": ", "]", ", {}"}) {
      Path file = files.file("a.jsonl", pair(0), pair(1) + behind, pair(3));
      assertThat(files.preferences(file))
          .as(behind)
          .extracting(Preference::getPrompt)
          .containsExactly("p0", "p3");
      assertThat(files.reasons()).singleElement().asString().startsWith("a.jsonl, line 2: ");
      assertThat(files.promptTexts(file)).containsExactly("p0", "p3");
      assertThatThrownBy(() -> files.rows(file))
          .isInstanceOf(ExplainedException.class)
          .hasMessageStartingWith("a.jsonl, line 2: ");
    }
  }

  @Test
  void arraysThatFollowEachOtherAreAllRead() throws IOException {
    Path file = files.file("a.json", "[" + pair(0) + "]", "[" + pair(1) + ",7]");
    assertThat(files.preferences(file))
        .extracting(Preference::getPrompt)
        .containsExactly("p0", "p1");
    assertThat(files.bad()).containsExactly("3 no object");
    Path junk = files.file("b.json", "[" + pair(0) + "]", pair(1));
    assertThatThrownBy(() -> files.preferences(junk))
        .isInstanceOf(ExplainedException.class)
        .hasMessageContaining("line 2 has something else than an array of objects");
  }

  @Test
  void anArrayIsKnownByItsBracketWhateverTheName() throws IOException {
    for (String name : new String[] {"a.json", "a.jsonl", "a", "a.prompts"}) {
      Path file = files.file(name, "", " [", pair(0) + ",", pair(1), "]");
      assertThat(files.preferences(file)).as(name).hasSize(2);
      assertThat(files.promptTexts(file)).as(name).containsExactly("p0", "p1");
    }
  }

  @Test
  void halfACharacterIsABadRow() throws IOException {
    String[] halves = {"odd \\ud83d end", "odd \\udc4d end", "\\ud83d\\ud83d\\udc4d"};
    for (String half : halves) {
      String row = "{\"prompt\": \"%s\", \"chosen\": \"a\", \"rejected\": \"b\"}".formatted(half);
      for (Path file :
          new Path[] {
            files.file("a.jsonl", row, pair(1)), files.file("a.json", "[" + row + ",", pair(1), "]")
          }) {
        assertThat(files.preferences(file)).extracting(Preference::getPrompt).containsExactly("p1");
        assertThat(files.bad()).containsExactly("1 half a character");
        assertThat(files.reasons().get(0)).contains("prompt has half of a character");
        assertThat(files.promptTexts(file)).containsExactly("p1");
      }
    }
    Path whole = files.file("b.jsonl", pair(0).replace("yes", "\\ud83d\\udc4d 👍"));
    assertThat(files.preferences(whole)).extracting(Preference::getChosen).containsExactly("👍 👍");
  }

  @Test
  void aFieldThatIsNamedTwiceIsABadRow() throws IOException {
    Path file = files.file("a.jsonl", pair(0).replace("{", "{\"chosen\": \"x\", "), pair(1));
    assertThat(files.preferences(file)).hasSize(1);
    assertThat(files.bad()).containsExactly("1 broken JSON");
    assertThat(files.reasons().get(0)).contains("'chosen'");
  }

  @Test
  void aRowWhosePromptIsNullHasNone() throws IOException {
    String fox = ", \"chosen\": \"The fox is quick\", \"rejected\": \"The fox is slow\"}";
    Path file = files.file("a.jsonl", "{\"prompt\": null" + fox, pair(0), "{\"x\": 1" + fox);
    assertThat(files.preferences(file)).extracting(Preference::getPrompt).containsExactly("p0");
    assertThat(files.bad()).containsExactly("1 empty prompt", "3 empty prompt");
    Path table =
        files.file("b.csv", "prompt,chosen,rejected", ",The fox is quick,The fox is slow", "q,a,b");
    assertThat(files.preferences(table)).hasSize(1);
    assertThat(files.bad()).containsExactly("2 empty prompt");
  }

  @Test
  void theColumnsAreThoseOfTheFirstRowsTogether() throws IOException {
    String without = "{\"prompt\": \"p\", \"chosen\": \"a\", \"messages\": null}";
    Path file = files.file("a.jsonl", without, pair(1), pair(2));
    assertThat(files.preferences(file))
        .extracting(Preference::getRejected)
        .containsExactly("no", "no");
    assertThat(files.bad()).containsExactly("1 missing column");
  }

  @Test
  void aPromptIsCutBetweenCharacters() throws IOException {
    Path file =
        files.file(
            "a.jsonl",
            "{\"chosen\": \"Q: mood?\\nA: 😀 glad\", \"rejected\": \"Q: mood?\\nA: 😁 sad\"}",
            "{\"chosen\": \"Flag: 🇱x\", \"rejected\": \"Flag: 🇮x\"}");
    assertThat(files.preferences(file))
        .extracting(Preference::getPrompt, Preference::getChosen)
        .extracting(Object::toString)
        .containsExactly("(\"Q: mood?\nA:\", \" 😀 glad\")", "(\"Flag:\", \" 🇱x\")");
  }
}
