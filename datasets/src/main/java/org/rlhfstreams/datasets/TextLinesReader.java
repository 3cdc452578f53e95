package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedReader;
import java.io.IOException;

/** Plain text: each line that is not blank is a row with one column. */
final class TextLinesReader implements RowReader {
  private static final char MARK = '\uFEFF';

  private final String column;

  TextLinesReader(String column) {
    this.column = column;
  }

  /** A line without the byte order mark that it begins with if files were put together. */
  static String unmarked(String line) {
    return !line.isEmpty() && line.charAt(0) == MARK ? line.substring(1) : line;
  }

  @Override
  public void read(String file, BufferedReader text, RowSink sink) throws IOException {
    long number = 1;
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      String content = unmarked(line);
      if (!content.isBlank()) {
        sink.row(
            DataRow.of(
                new Place(file, Place.Unit.LINE, number),
                JsonNodeFactory.instance.objectNode().put(column, content)));
      }
      number++;
    }
  }
}
