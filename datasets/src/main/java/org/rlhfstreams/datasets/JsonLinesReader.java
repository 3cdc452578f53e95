package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;

/** JSONL: an object a line. Objects that follow each other on one line are rows of their own. */
final class JsonLinesReader implements RowReader {
  @Override
  public void read(String file, BufferedReader text, RowSink sink) throws IOException {
    long number = 1;
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      String json = TextLinesReader.unmarked(line);
      if (!json.isBlank()) {
        Place place = new Place(file, Place.Unit.LINE, number);
        try {
          objects(json).forEach(object -> sink.row(DataRow.of(place, object)));
        } catch (BadRowException e) {
          sink.bad(new BadRow(place, WholeText.shown(json), e.kind(), e.getMessage()));
        }
      }
      number++;
    }
  }

  /** All or none: of a line that is broken somewhere it is not known where its rows end. */
  private static List<ObjectNode> objects(String line) throws BadRowException {
    WholeText.requireDecoded(line);
    List<JsonNode> values;
    try {
      values = StrictJson.values(line);
    } catch (JsonProcessingException e) {
      throw new BadRowException(
          "broken JSON", "it is not JSON: " + e.getOriginalMessage() + "; write one object a line");
    }
    for (JsonNode value : values) {
      if (!value.isObject()) {
        throw new BadRowException(
            "no object",
            values.size() == 1
                ? "it is no object: write {…} a line"
                : "what follows the object is not an object: write one {…} per line");
      }
    }
    return values.stream().map(ObjectNode.class::cast).toList();
  }
}
