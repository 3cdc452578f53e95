package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UntilWrittenTest {
  @TempDir private Path directory;

  private UntilWritten disk(BooleanSupplier stopped) {
    return new UntilWritten(Duration.ZERO, stopped);
  }

  @Test
  void whatHadNoPlaceIsWrittenOnceItHas() throws IOException {
    Path place = directory.resolve("output");
    Files.writeString(place, "in the way");
    MetricsFile metrics = new MetricsFile(place);
    disk(() -> {
          makeRoom(place);
          return false;
        })
        .write(() -> metrics.append(7, Map.of("loss", 0.5)));
    assertThat(Files.readAllLines(place.resolve("metrics.jsonl")))
        .isEqualTo(List.of("{\"step\":7,\"loss\":0.5}"));
  }

  @Test
  void whoIsToStopDoesNotWaitForTheDisk() throws IOException {
    Path place = directory.resolve("output");
    Files.writeString(place, "in the way");
    MetricsFile metrics = new MetricsFile(place);
    assertThatThrownBy(() -> disk(() -> true).write(() -> metrics.append(7, Map.of())))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("metrics.jsonl cannot be written");
  }

  private static void makeRoom(Path place) {
    try {
      Files.delete(place);
      Files.createDirectory(place);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
