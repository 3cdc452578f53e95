package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Locale;

/** JSON: an array of objects, read one by one; several arrays may follow each other. */
final class JsonArrayReader implements RowReader {
  @Override
  public void read(String file, BufferedReader text, RowSink sink) throws IOException {
    long number = 0;
    try (JsonParser parser = StrictJson.MAPPER.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token != JsonToken.START_ARRAY) {
          throw new IOException(
              String.format(
                  Locale.ROOT,
                  "line %d has something else than an array of objects: write [{…}, {…}], or an"
                      + " object a line in .jsonl",
                  parser.currentTokenLocation().getLineNr()));
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          number++;
          Place place = new Place(file, Place.Unit.ROW, number);
          JsonNode json = StrictJson.MAPPER.readTree(parser);
          if (json instanceof ObjectNode object) {
            sink.row(DataRow.of(place, object));
          } else {
            String content = WholeText.shown(String.valueOf(json));
            sink.bad(new BadRow(place, content, "no object", "it is no object"));
          }
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
