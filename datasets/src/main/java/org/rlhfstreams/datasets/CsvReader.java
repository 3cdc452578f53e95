package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;

/** CSV with a line of column names; lists and objects are written as JSON in their cell. */
final class CsvReader implements RowReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final CsvMapper CSV = new CsvMapper();

  @Override
  public void read(String file, InputStream bytes, RowSink sink) throws IOException {
    long number = 1;
    try (MappingIterator<Map<String, String>> rows =
        CSV.readerForMapOf(String.class)
            .with(CsvSchema.emptySchema().withHeader())
            .readValues(bytes)) {
      while (rows.hasNextValue()) {
        number++;
        ObjectNode columns = JSON.createObjectNode();
        rows.nextValue().forEach((name, cell) -> put(columns, name, cell));
        sink.row(new DataRow(file, number, columns));
      }
    } catch (JsonProcessingException e) {
      throw new IOException(
          String.format(Locale.ROOT, "row %d is not CSV: %s", number, e.getOriginalMessage()), e);
    }
  }

  private static void put(ObjectNode columns, String name, String cell) {
    String start = cell == null ? "" : cell.stripLeading();
    if (start.startsWith("[") || start.startsWith("{")) {
      try {
        columns.set(name, JSON.readTree(cell));
        return;
      } catch (JsonProcessingException e) {
        // a text that happens to begin so
      }
    }
    columns.put(name, cell);
  }
}
