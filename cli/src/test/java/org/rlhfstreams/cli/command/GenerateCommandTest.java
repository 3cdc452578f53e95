package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class GenerateCommandTest {
  private static final String STARTER = "../models/starter";

  private static String run(int expected, String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringWriter errors = new StringWriter();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      CommandLine line = RlhfCommand.commandLine().setErr(new PrintWriter(errors, true));
      assertThat(line.execute(arguments)).as(errors.toString()).isEqualTo(expected);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8) + errors;
  }

  private static String story(String seed) {
    return run(
        0,
        "generate",
        "--model",
        STARTER,
        "--prompt",
        "Once upon a time",
        "--max-tokens",
        "60",
        "--temperature",
        "0.8",
        "--seed",
        seed);
  }

  @Test
  void aSeedTellsTheSameStoryTwice() {
    String story = story("1");
    assertThat(story).startsWith("Once upon a time").hasSizeGreaterThan(100);
    assertThat(story("1")).isEqualTo(story);
    assertThat(story("2")).isNotEqualTo(story);
  }

  @Test
  void aMissingModelIsNamedWithoutAStackTrace() {
    assertThat(run(1, "generate", "--model", "nowhere", "--prompt", "x"))
        .contains("nowhere is not a directory")
        .doesNotContain("\tat ");
  }

  @Test
  void settingsThatCannotBeSampledFromAreRefused() {
    assertThat(run(1, "generate", "--model", STARTER, "--prompt", "x", "--temperature", "-1"))
        .contains("temperature >= 0");
    assertThat(run(2, "generate", "--model", STARTER)).contains("--prompt");
    assertThat(run(2, "generat")).contains("generate");
  }
}
