package org.rlhfstreams.datasets;

import java.io.IOException;
import java.io.InputStream;

/** Reads the rows of one kind of file. */
interface RowReader {
  /**
   * Reads all rows, in order.
   *
   * @param file name, for messages
   * @throws IOException where the rest of the file cannot be read
   */
  void read(String file, InputStream bytes, RowSink sink) throws IOException;
}
