package org.rlhfstreams.datasets;

import java.io.BufferedReader;
import java.io.IOException;

/** Reads the rows of one kind of file. */
interface RowReader {
  /**
   * Reads all rows, in order.
   *
   * @param file name, for messages
   * @param text with what could not be decoded as {@link EscapingReader} gives it
   * @throws IOException if the rest of the file cannot be read
   */
  void read(String file, BufferedReader text, RowSink sink) throws IOException;
}
