package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** JSON as people's files have it. */
final class StrictJson {
  /** Refuses an object that names a field twice: one of the two would be lost. */
  static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

  private StrictJson() {}

  /**
   * All values of a text, which may follow each other without anything between them.
   *
   * @throws JsonProcessingException if a part of it is not JSON
   */
  static List<JsonNode> values(String text) throws JsonProcessingException {
    List<JsonNode> values = new ArrayList<>(1);
    try (JsonParser parser = MAPPER.createParser(text)) {
      while (parser.nextToken() != null) {
        values.add(MAPPER.readTree(parser));
      }
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory was not read", e);
    }
    return values;
  }
}
