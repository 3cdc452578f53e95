package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.learner.StoppedFiles;
import org.rlhfstreams.service.configuration.ConfigurationException;

final class JsonLinesTest {
  @TempDir private Path directory;

  @Test
  void linesOfLaterStepsAndHalfLinesAreDropped() throws IOException {
    Path file = directory.resolve("output").resolve("metrics.jsonl");
    JsonLines.rewind(file, 0);
    Files.writeString(file, "{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n{\"st");
    JsonLines.rewind(file, 2);
    assertThat(file).hasContent("{\"step\":1}\n{\"step\":2}\n");
  }

  @Test
  void aKillWhileLinesAreDroppedLeavesAllOrThoseThatStay() throws IOException {
    String before = "{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n{\"st";
    String after = "{\"step\":1}\n{\"step\":2}\n";
    boolean killed = true;
    int stop = 0;
    for (; killed; stop++) {
      Path file = Files.createDirectory(directory.resolve("at-" + stop)).resolve("metrics.jsonl");
      Files.writeString(file, before);
      try {
        JsonLines.rewind(file, 2, new StoppedFiles(stop).operations());
        killed = false;
      } catch (StoppedFiles.Killed e) {
        assertThat(Files.readString(file)).as("killed at %d", stop).isIn(before, after);
      }
      JsonLines.rewind(file, 2);
      assertThat(file).hasContent(after);
      try (Stream<Path> files = Files.list(file.getParent())) {
        assertThat(files).as("killed at %d", stop).containsExactly(file);
      }
    }
    assertThat(stop).isGreaterThan(3);
  }

  @Test
  void anOutputThatIsAFileIsNamed() throws IOException {
    Path taken = Files.writeString(directory.resolve("taken"), "a file");
    assertThatThrownBy(() -> JsonLines.rewind(taken.resolve("metrics.jsonl"), 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("learner.output = " + taken)
        .hasMessageContaining("name another directory");
  }
}
