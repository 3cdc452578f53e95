package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** JSON as people's files have it. */
final class StrictJson {
  /** A text may be as long as a file: {@link RowSize} refuses its row, not a reader the file. */
  static final StreamReadConstraints ANY_LENGTH =
      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build();

  /** Refuses an object that names a field twice: one of the two would be lost. */
  static final ObjectMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(ANY_LENGTH).build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

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
