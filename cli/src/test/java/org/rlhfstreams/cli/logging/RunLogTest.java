package org.rlhfstreams.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The file has everything, the terminal what asks for something to be done. */
final class RunLogTest {
  @TempDir private Path directory;

  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(screen, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(screen, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void putBack() {
    System.setOut(out);
    System.setErr(err);
  }

  private String shown() {
    return screen.toString(StandardCharsets.UTF_8);
  }

  private static void log() {
    LoggerFactory.getLogger("org.rlhfstreams.learner.loop.SkippedSteps").warn("step 3 is skipped");
    LoggerFactory.getLogger("org.rlhfstreams.service.log.TopicReader").warn("trying again");
    LoggerFactory.getLogger("org.apache.kafka.clients.NetworkClient").warn("disconnected");
    LoggerFactory.getLogger("org.apache.kafka.streams.Task").error("a task is corrupted");
  }

  @Test
  void whatHealsByItselfIsInTheFileAlone() throws IOException {
    try (RunLog log = RunLog.open(false)) {
      log.writeTo(directory);
      log();
    }
    assertThat(shown()).isEqualTo("warning: step 3 is skipped" + System.lineSeparator());
    assertThat(Files.readString(directory.resolve(RunLog.FILE)))
        .contains("step 3 is skipped", "trying again", "disconnected", "a task is corrupted");
  }

  @Test
  void classesThatMendWhatTheyWarnOfExist() {
    assertThat(WarningsForPeople.HEALING)
        .allSatisfy(name -> assertThat(Class.forName(name)).isNotNull());
  }

  @Test
  void verboseShowsItAll() {
    try (RunLog log = RunLog.open(true)) {
      log.writeTo(directory);
      log();
    }
    assertThat(shown()).contains("step 3 is skipped", "trying again", "a task is corrupted");
  }

  @Test
  void afterTheRunTheLogIsAsBefore() {
    try (RunLog log = RunLog.open(false)) {
      log.writeTo(directory);
    }
    log();
    assertThat(shown()).contains("WARN", "trying again").doesNotContain("warning:", "disconnected");
    assertThat(directory.resolve(RunLog.FILE)).isEmptyFile();
  }
}
