package org.rlhfstreams.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.topology.comparisons.GoldQuestion;

final class GoldFileTest {
  private static final String GOOD =
      "{\"prompt\": \"2 + 2?\", \"first\": \"4\", \"second\": \"5\", \"expected\": \"first\"}";

  @TempDir private Path directory;

  private Path file(String... lines) throws IOException {
    return Files.writeString(directory.resolve("gold.jsonl"), String.join("\n", lines));
  }

  @Test
  void aLineIsAQuestion() throws IOException {
    Path file = file(GOOD, "", GOOD.replace("\"first\"}", "\"tie\"}"));
    assertThat(GoldFile.read(file))
        .containsExactly(
            new GoldQuestion("2 + 2?", "4", "5", Choice.FIRST),
            new GoldQuestion("2 + 2?", "4", "5", Choice.TIE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{ | is not JSON",
        "[] | the string first",
        "{\"first\": 4} | the string first",
        "{\"first\": \"4\", \"second\": \" 4\"} | first and second are the same",
        "{\"first\": \"4\", \"second\": \"5\", \"expected\": \"third\"} | not one of first, second, tie",
        "{\"first\": \"4\", \"second\": \"5\", \"expected\": \"tie\", \"prompt\": \"\"} | the string prompt",
      })
  void whatIsNoQuestionIsNamedWithFileAndLine(String line, String reason) throws IOException {
    Path file = file(GOOD, line);
    assertThatThrownBy(() -> GoldFile.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("comparisons.gold-file = " + file + ", line 2")
        .hasMessageContaining(reason);
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    Path missing = directory.resolve("missing.jsonl");
    assertThatThrownBy(() -> GoldFile.read(missing))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(missing + " cannot be read: NoSuchFileException");
    Path empty = file("");
    assertThatThrownBy(() -> GoldFile.read(empty)).hasMessageContaining("has no question");
    Path latin = Files.write(directory.resolve("latin"), "é".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> GoldFile.read(latin)).hasMessageContaining("not UTF-8");
  }
}
