package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
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
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** A Parquet file, a row group at a time. */
final class ParquetRows {
  private static final JsonNodeFactory JSON = new ObjectMapper().getNodeFactory();

  private final Path path;

  ParquetRows(Path path) {
    this.path = path;
  }

  /**
   * Reads all rows, in order.
   *
   * @throws IOException where it is no Parquet file, or cut short
   */
  void read(String file, RowSink sink) throws IOException {
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
          number++;
          sink.row(new DataRow(file, number, object(records.read())));
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

  private static ObjectNode object(Group group) {
    ObjectNode object = JSON.objectNode();
    GroupType type = group.getType();
    for (int field = 0; field < type.getFieldCount(); field++) {
      if (group.getFieldRepetitionCount(field) > 0) {
        object.set(type.getFieldName(field), value(group, field, 0));
      }
    }
    return object;
  }

  private static JsonNode value(Group group, int field, int index) {
    Type type = group.getType().getType(field);
    if (type instanceof PrimitiveType primitive) {
      return primitive(group, field, index, primitive);
    }
    Group inner = group.getGroup(field, index);
    return type.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation
        ? list(inner)
        : object(inner);
  }

  /** A list is a repeated group of one element, as the format's specification has it. */
  private static ArrayNode list(Group group) {
    ArrayNode array = JSON.arrayNode();
    int elements = group.getFieldRepetitionCount(0);
    for (int i = 0; i < elements; i++) {
      Group element = group.getGroup(0, i);
      array.add(element.getFieldRepetitionCount(0) == 0 ? JSON.nullNode() : value(element, 0, 0));
    }
    return array;
  }

  private static JsonNode primitive(Group group, int field, int index, PrimitiveType type) {
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> JSON.booleanNode(group.getBoolean(field, index));
      case INT32 -> JSON.numberNode(group.getInteger(field, index));
      case INT64 -> JSON.numberNode(group.getLong(field, index));
      case FLOAT -> JSON.numberNode(group.getFloat(field, index));
      case DOUBLE -> JSON.numberNode(group.getDouble(field, index));
      case BINARY -> JSON.textNode(group.getString(field, index));
      case INT96, FIXED_LEN_BYTE_ARRAY -> JSON.nullNode();
    };
  }
}
