package org.rlhfstreams.datasets;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.rlhfstreams.common.ExplainedException;

/** A text file, plain or gzipped, line by line. */
final class LineFile {
  private final Path path;

  LineFile(Path path) {
    this.path = path;
  }

  /** Takes a line and its number, counted from 1. */
  interface LineConsumer {
    void accept(String line, int number);
  }

  /**
   * Reads all lines that are not blank, in order.
   *
   * @return how many
   * @throws ExplainedException if the file cannot be read
   */
  int forEach(LineConsumer consumer) {
    int number = 0;
    int count = 0;
    try (InputStream bytes = Files.newInputStream(path);
        InputStream plain = path.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          consumer.accept(line, number);
          count++;
        }
      }
      return count;
    } catch (NoSuchFileException e) {
      throw new ExplainedException(path + " does not exist", e);
    } catch (IOException e) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT, "%s cannot be read after line %d: %s", path, number, e.getMessage()),
          e);
    }
  }
}
