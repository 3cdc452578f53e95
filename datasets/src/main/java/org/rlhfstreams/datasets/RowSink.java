package org.rlhfstreams.datasets;

/** Takes the rows of a file. */
interface RowSink {
  void row(DataRow row);

  /** Takes a row that could not be read. */
  void bad(BadRow row);
}
