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

  /** Whether a text has zero bytes, as what was never written of a file that was cut short. */
  static boolean hasZeros(String text) {
    return text.indexOf('\0') >= 0;
  }

  /** What a row with zero bytes is. */
  static BadRow zeros(Place place) {
    return new BadRow(
        place,
        "",
        "zero bytes",
        "it has zero bytes, which are no text: the file may be cut short; write it again");
  }

  @Override
  public void read(String file, BufferedReader text, RowSink sink) throws IOException {
    long number = 1;
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      String content = unmarked(line);
      Place place = new Place(file, Place.Unit.LINE, number);
      if (hasZeros(content)) {
        sink.bad(zeros(place));
      } else if (!content.isBlank()) {
        sink.row(DataRow.of(place, JsonNodeFactory.instance.objectNode().put(column, content)));
      }
      number++;
    }
  }
}
