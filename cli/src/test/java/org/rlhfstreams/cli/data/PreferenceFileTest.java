package org.rlhfstreams.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.events.Preference;

final class PreferenceFileTest {
  @TempDir private Path directory;

  private List<Preference> read(String name, String... lines) throws IOException {
    Path file = directory.resolve(name);
    byte[] bytes = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out =
        name.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      out.write(bytes);
    }
    List<Preference> preferences = new ArrayList<>();
    int count = new PreferenceFile(file).forEach(preferences::add);
    assertThat(count).isEqualTo(preferences.size());
    return preferences;
  }

  @Test
  void theThreeShapesAreRead() throws IOException {
    List<Preference> preferences =
        read(
            "x.jsonl.gz",
            "{\"text\": \"a story\"}",
            "",
            "{\"prompt\": \"p\", \"completion\": \" c\"}",
            "{\"prompt\": \"p\", \"chosen\": \" good\", \"rejected\": \" bad\"}");
    assertThat(preferences)
        .extracting(Preference::getChosen)
        .containsExactly("a story", " c", " good");
    assertThat(preferences).extracting(Preference::getPrompt).containsExactly("", "p", "p");
    assertThat(preferences.get(2).getRejected()).isEqualTo(" bad");
    assertThat(preferences).extracting(Preference::getSource).last().isEqualTo("x.jsonl.gz:4");
  }

  @Test
  void whatCannotBeUsedIsNamedWithItsLine() {
    assertThatThrownBy(() -> read("x.jsonl", "{\"text\": \"fine\"}", "{\"question\": \"why\"}"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("x.jsonl, line 2")
        .hasMessageContaining("it has question");
    assertThatThrownBy(() -> read("y.jsonl", "{\"text\": \"cut"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("y.jsonl, line 1 is not JSON");
    assertThatThrownBy(() -> new PreferenceFile(directory.resolve("none.jsonl")).forEach(p -> {}))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("none.jsonl does not exist");
  }
}
