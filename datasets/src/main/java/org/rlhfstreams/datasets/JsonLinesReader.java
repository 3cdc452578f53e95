package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** JSONL: an object a line. */
final class JsonLinesReader implements RowReader {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Override
  public void read(String file, InputStream bytes, RowSink sink) throws IOException {
    byte[] buffer = new byte[1 << 16];
    ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 12);
    long number = 1;
    for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
      int start = 0;
      for (int i = 0; i < read; i++) {
        if (buffer[i] == '\n') {
          line.write(buffer, start, i - start);
          parse(file, number++, line.toByteArray(), sink);
          line.reset();
          start = i + 1;
        }
      }
      line.write(buffer, start, read - start);
    }
    parse(file, number, line.toByteArray(), sink);
  }

  private static void parse(String file, long number, byte[] line, RowSink sink)
      throws IOException {
    JsonNode json;
    try {
      json = MAPPER.readTree(line); // refuses bytes that are not UTF-8
    } catch (JsonProcessingException e) {
      sink.bad(
          new BadRow(
              file,
              number,
              new String(line, StandardCharsets.UTF_8),
              e.getOriginalMessage().contains("UTF-8") ? "invalid UTF-8" : "broken JSON",
              "it is not JSON in UTF-8: " + e.getOriginalMessage()));
      return;
    }
    if (json instanceof ObjectNode object) {
      sink.row(new DataRow(file, number, object));
    } else if (!json.isMissingNode()) {
      sink.bad(
          new BadRow(
              file, number, json.toString(), "no object", "it is no object: write {…} a line"));
    }
  }
}
