package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** JSON: one array of objects, read one by one. */
final class JsonArrayReader implements RowReader {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Override
  public void read(String file, InputStream bytes, RowSink sink) throws IOException {
    long number = 0;
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IOException(
            "it is no array of objects: write [{…}, {…}], or an object a line in .jsonl");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        number++;
        JsonNode json = MAPPER.readTree(parser);
        if (json instanceof ObjectNode object) {
          sink.row(new DataRow(file, number, object));
        } else {
          sink.bad(new BadRow(file, number, String.valueOf(json), "no object", "it is no object"));
        }
      }
    } catch (JsonProcessingException e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "line %d is not JSON: %s",
              e.getLocation().getLineNr(),
              e.getOriginalMessage()),
          e);
    }
  }
}
