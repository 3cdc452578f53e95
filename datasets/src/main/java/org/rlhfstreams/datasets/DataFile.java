package org.rlhfstreams.datasets;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.rlhfstreams.common.ExplainedException;

/**
 * The reader of all files that people bring: {@value #KINDS}, plain or gzipped, told by name and
 * content, in the encoding that {@link TextDecoding} finds. All commands read through it.
 */
final class DataFile {
  static final String KINDS = "JSONL, JSON, CSV, TSV or Parquet";

  private static final int LOOK_AHEAD = 1 << 12;
  private static final String PARQUET = "PAR1";
  private static final String GZIP = "\u001f\u008b";

  /** What people mistake for a table of texts, by its first bytes. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "PK\u0003\u0004", "a ZIP archive or an Excel workbook",
          "(\u00b5/\u00fd", "compressed with zstd",
          "BZh", "compressed with bzip2",
          "\u00fd7zXZ", "compressed with xz",
          "ARROW1", "an Arrow file",
          "SQLite format 3", "an SQLite database",
          "%PDF", "a PDF",
          "\u0089PNG", "a picture",
          "\u00ff\u00d8\u00ff", "a picture");

  private final Path path;
  private final Optional<String> lineColumn;

  private DataFile(Path path, Optional<String> lineColumn) {
    this.path = path;
    this.lineColumn = lineColumn;
  }

  /** A file of objects: what is nothing else is read as JSONL. */
  static DataFile ofObjects(Path path) {
    return new DataFile(path, Optional.empty());
  }

  /**
   * A file that may also be plain text, a row a line.
   *
   * @param column what a line is
   */
  static DataFile ofLines(Path path, String column) {
    return new DataFile(path, Optional.of(column));
  }

  /**
   * Reads all rows, in order.
   *
   * @throws ExplainedException if it cannot be read to its end
   */
  void read(RowSink sink) {
    String name = String.valueOf(path.getFileName());
    RowSink whole = new WholeRows(sink);
    try (BufferedInputStream bytes = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      String plain = name.toLowerCase(Locale.ROOT);
      if (plain.endsWith(".parquet") || startsWith(bytes, PARQUET)) {
        new ParquetRows(path).read(name, whole);
      } else if (plain.endsWith(".gz") || startsWith(bytes, GZIP)) {
        try (BufferedInputStream unpacked =
            new BufferedInputStream(new GZIPInputStream(bytes, 1 << 16), 1 << 16)) {
          readText(name, plain.replaceFirst("\\.gz$", ""), unpacked, whole);
        }
      } else {
        readText(name, plain, bytes, whole);
      }
    } catch (EOFException | ZipException e) {
      throw new ExplainedException(
          path + " is cut short or damaged (" + e.getMessage() + "): fetch or write it again", e);
    } catch (NoSuchFileException e) {
      throw new ExplainedException(path + " does not exist", e);
    } catch (IOException e) {
      throw new ExplainedException("%s cannot be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  private void readText(String name, String plain, BufferedInputStream bytes, RowSink sink)
      throws IOException {
    if (startsWith(bytes, PARQUET)) {
      throw new IOException("it is a gzipped Parquet file: unpack it with gunzip");
    }
    for (Map.Entry<String, String> other : OTHERS.entrySet()) {
      if (startsWith(bytes, other.getKey())) {
        throw new IOException("it is %s: give %s".formatted(other.getValue(), KINDS));
      }
    }
    BufferedReader text = TextDecoding.of(bytes);
    text.mark(LOOK_AHEAD);
    char[] start = new char[LOOK_AHEAD];
    int length = 0;
    for (int read = 0; read >= 0 && length < LOOK_AHEAD; length += Math.max(read, 0)) {
      read = text.read(start, length, LOOK_AHEAD - length);
    }
    text.reset();
    String beginning = new String(start, 0, length);
    if (beginning.indexOf('\0') >= 0) {
      throw new IOException("it is no text, it has zero bytes: give " + KINDS);
    }
    reader(plain, beginning).read(name, text, sink);
  }

  private RowReader reader(String name, String beginning) {
    if (name.endsWith(".csv")) {
      return new CsvReader(',');
    }
    if (name.endsWith(".tsv")) {
      return new CsvReader('\t');
    }
    boolean json = lineColumn.isEmpty() || name.contains(".json") || name.endsWith(".ndjson");
    String text = beginning.stripLeading();
    if (text.startsWith("[") && (json || (!name.endsWith(".txt") && beginsAnObject(text)))) {
      return new JsonArrayReader();
    }
    if (json || (!name.endsWith(".txt") && isAnObject(text))) {
      return new JsonLinesReader();
    }
    return new TextLinesReader(lineColumn.orElseThrow());
  }

  /** Whether the bracket that a text begins with is that of an array of objects. */
  private static boolean beginsAnObject(String text) {
    return text.substring(1).stripLeading().startsWith("{");
  }

  /** Whether the first line of a text is that of a JSONL file, as far as it is known. */
  private static boolean isAnObject(String text) {
    return text.startsWith("{") && text.substring(1).stripLeading().startsWith("\"");
  }

  private static boolean startsWith(BufferedInputStream bytes, String start) throws IOException {
    bytes.mark(start.length());
    byte[] first = bytes.readNBytes(start.length());
    bytes.reset();
    return new String(first, StandardCharsets.ISO_8859_1).equals(start);
  }

  /** Lets no row through that has a part of a character. */
  private record WholeRows(RowSink sink) implements RowSink {
    @Override
    public void row(DataRow row) {
      try {
        WholeText.require(row.columns());
      } catch (BadRowException e) {
        bad(
            new BadRow(
                row.place(), WholeText.shown(row.columns().toString()), e.kind(), e.getMessage()));
        return;
      }
      sink.row(row);
    }

    @Override
    public void bad(BadRow row) {
      sink.bad(row);
    }
  }
}
