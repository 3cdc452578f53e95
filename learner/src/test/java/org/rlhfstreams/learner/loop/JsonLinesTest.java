package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
  void anOutputThatIsAFileIsNamed() throws IOException {
    Path taken = Files.writeString(directory.resolve("taken"), "a file");
    assertThatThrownBy(() -> JsonLines.rewind(taken.resolve("metrics.jsonl"), 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("learner.output = " + taken)
        .hasMessageContaining("name another directory");
  }
}
