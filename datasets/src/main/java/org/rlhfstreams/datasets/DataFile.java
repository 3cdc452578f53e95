package org.rlhfstreams.datasets;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.rlhfstreams.common.ExplainedException;

/** A file of rows: {@value #KINDS}, plain or gzipped; by its name, or by its content. */
final class DataFile {
  static final String KINDS = "JSONL, JSON, CSV or Parquet";

  private static final int LOOK_AHEAD = 1 << 12;

  private final Path path;

  DataFile(Path path) {
    this.path = path;
  }

  /**
   * Reads all rows, in order.
   *
   * @throws ExplainedException if it cannot be read to its end
   */
  void read(RowSink sink) {
    String name = path.getFileName().toString();
    try {
      if (name.endsWith(".parquet")) {
        new ParquetRows(path).read(name, sink);
        return;
      }
      try (InputStream bytes = Files.newInputStream(path);
          InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes;
          BufferedInputStream buffered = new BufferedInputStream(plain, 1 << 16)) {
        reader(name, buffered).read(name, buffered, sink);
      }
    } catch (EOFException | ZipException e) {
      throw new ExplainedException(
          path + " is cut short or damaged (" + e.getMessage() + "): fetch or write it again", e);
    } catch (IOException e) {
      throw new ExplainedException("%s cannot be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static RowReader reader(String name, BufferedInputStream bytes) throws IOException {
    String plain = name.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
    if (plain.endsWith(".csv")) {
      return new CsvReader();
    }
    if (plain.endsWith(".jsonl")) {
      return new JsonLinesReader();
    }
    bytes.mark(LOOK_AHEAD);
    int first = bytes.read();
    for (int i = 1; i < LOOK_AHEAD && Character.isWhitespace(first); i++) {
      first = bytes.read();
    }
    bytes.reset();
    return first == '[' ? new JsonArrayReader() : new JsonLinesReader();
  }
}
