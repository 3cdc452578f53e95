package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.Locale;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/** A Parquet file, a row group at a time. */
final class ParquetRows {
  private final Path path;

  ParquetRows(Path path) {
    this.path = path;
  }

  /**
   * Reads all rows, in order; each has all columns of the schema.
   *
   * @throws IOException if it is no Parquet file, or cut short
   */
  void read(String file, RowSink sink) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IOException("Parquet is read from its end: save it to a file first");
    }
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs())
            .build();
    long number = 0;
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(path), options)) {
      MessageType schema = reader.getFileMetaData().getSchema();
      MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
      for (PageReadStore rows = reader.readNextRowGroup();
          rows != null;
          rows = reader.readNextRowGroup()) {
        RecordReader<Group> records =
            columns.getRecordReader(rows, new GroupRecordConverter(schema));
        for (long i = 0; i < rows.getRowCount(); i++) {
          Group record = records.read();
          number++;
          row(new Place(file, Place.Unit.ROW, number), record, sink);
        }
      }
    } catch (ParquetDecodingException | IllegalArgumentException | IllegalStateException e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "after row %d it is no Parquet, or cut short: %s",
              number,
              e.getMessage()),
          e);
    } catch (RuntimeException e) {
      if (e.getMessage() != null && e.getMessage().contains("not a Parquet file")) {
        throw new IOException("it is no Parquet file, or cut short: fetch or write it again", e);
      }
      throw e;
    }
  }

  private static void row(Place place, Group record, RowSink sink) {
    ObjectNode columns;
    try {
      columns = ParquetStructure.object(record);
    } catch (DateTimeException e) {
      sink.bad(
          new BadRow(
              place, record.toString(), "wrong type", "it has no valid time: " + e.getMessage()));
      return;
    }
    sink.row(DataRow.of(place, columns));
  }
}
