package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** CSV with a row of column names. Cells are texts, whatever they look like. */
final class CsvReader implements RowReader {
  private static final CsvMapper CSV =
      new CsvMapper(CsvFactory.builder().streamReadConstraints(StrictJson.ANY_LENGTH).build());

  private final char separator;

  CsvReader(char separator) {
    this.separator = separator;
  }

  @Override
  public void read(String file, BufferedReader text, RowSink sink) throws IOException {
    long number = 0;
    try (MappingIterator<String[]> rows =
        CSV.readerFor(String[].class)
            .with(CsvParser.Feature.WRAP_AS_ARRAY)
            .with(CsvParser.Feature.SKIP_EMPTY_LINES)
            .with(CsvSchema.emptySchema().withColumnSeparator(separator))
            .readValues(text)) {
      List<String> names = List.of();
      while (rows.hasNextValue()) {
        number++;
        String[] cells = rows.nextValue();
        if (number == 1) {
          names = names(cells);
        } else {
          row(new Place(file, Place.Unit.ROW, number), names, cells, sink);
        }
      }
    } catch (JsonProcessingException e) {
      throw new IOException(
          String.format(
              Locale.ROOT, "after row %d it is not CSV: %s", number, e.getOriginalMessage()),
          e);
    }
  }

  private static List<String> names(String[] cells) throws IOException {
    List<String> names = Arrays.stream(cells).map(String::strip).toList();
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IOException("its first row names the column \"" + name + "\" twice: rename one");
      }
    }
    return names;
  }

  private static void row(Place place, List<String> names, String[] cells, RowSink sink) {
    if (cells.length > names.size()) {
      sink.bad(
          new BadRow(
              place,
              WholeText.shown(String.join(",", cells)),
              "too many cells",
              String.format(
                  Locale.ROOT,
                  "it has %d cells and the first row names %d columns: put cells with commas into"
                      + " quotes",
                  cells.length,
                  names.size())));
      return;
    }
    if (Arrays.stream(cells).anyMatch(TextLinesReader::hasZeros)) {
      sink.bad(TextLinesReader.zeros(place));
      return;
    }
    ObjectNode columns = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < cells.length; i++) {
      columns.put(names.get(i), cells[i]);
    }
    sink.row(DataRow.of(place, columns));
  }
}
