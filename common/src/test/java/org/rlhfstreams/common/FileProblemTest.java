package org.rlhfstreams.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class FileProblemTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskSaysWhatWasWrittenAndWhatToDo() {
    Throwable full =
        catchThrowable(
            () -> Files.write(Path.of("/dev/full"), new byte[1 << 16], StandardOpenOption.WRITE));
    UncheckedIOException error =
        new UncheckedIOException("checkpoint 12 cannot be written", (IOException) full);
    assertThat(FileProblem.in(error))
        .hasValueSatisfying(
            explained -> {
              assertThat(explained)
                  .hasMessage(
                      "checkpoint 12 cannot be written: No space left on device: free some space,"
                          + " then give the same command again")
                  .hasCause(error);
              assertThat(explained.exitCode()).isEqualTo(ExplainedException.FAILED);
            });
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path directory) {
    Path missing = directory.resolve("none/file");
    Throwable error = catchThrowable(() -> Files.readAllBytes(missing));
    assertThat(FileProblem.in(error))
        .hasValueSatisfying(
            explained ->
                assertThat(explained).hasMessage(missing + ": no such file: check the path"));
  }

  @Test
  void whatNoFileIsToBlameForIsNotExplainedAway() {
    assertThat(FileProblem.in(new IllegalStateException("broken"))).isEmpty();
    assertThat(FileProblem.in(new IOException("unexpected end of stream"))).isEmpty();
  }
}
