package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Set;

/**
 * One row of a file.
 *
 * @param columns by name
 * @param known names of the file's columns, also of those that this row lacks
 */
record DataRow(Place place, ObjectNode columns, Set<String> known) {
  /** A row by itself. */
  static DataRow of(Place place, ObjectNode columns) {
    return new DataRow(place, columns, Set.of());
  }

  /** Whether it has a value in a column. */
  boolean has(String column) {
    return columns.hasNonNull(column);
  }

  /** Whether it has a value in a column, and not the empty text that CSV has for none. */
  boolean filled(String column) {
    return has(column) && !(value(column).isTextual() && value(column).asText().isBlank());
  }

  /** Whether the file has the column, whatever this row says in it. */
  boolean knows(String column) {
    return columns.has(column) || known.contains(column);
  }

  /** A column's value. */
  JsonNode value(String column) {
    return columns.path(column);
  }

  /**
   * A column that must be a text.
   *
   * @throws BadRowException if it is missing or something else
   */
  String text(String column) throws BadRowException {
    JsonNode value = columns.path(column);
    if (value.isMissingNode() || value.isNull()) {
      throw new BadRowException("missing column", column + " is missing");
    }
    if (!value.isTextual()) {
      throw new BadRowException(
          "wrong type", "%s is %s: make it a text".formatted(column, type(value)));
    }
    return value.asText();
  }

  /**
   * A column that must be a list. A text is read as JSON: a cell of a CSV can be nothing else.
   *
   * @throws BadRowException if it is missing or something else
   */
  ArrayNode list(String column) throws BadRowException {
    JsonNode value = columns.path(column);
    if (value.isMissingNode() || value.isNull()) {
      throw new BadRowException("missing column", column + " is missing");
    }
    JsonNode parsed = value.isTextual() ? parsed(column, value.asText()) : value;
    if (parsed instanceof ArrayNode array) {
      return array;
    }
    throw new BadRowException(
        "wrong type", "%s is %s: make it a list".formatted(column, type(parsed)));
  }

  private static JsonNode parsed(String column, String text) throws BadRowException {
    try {
      return StrictJson.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new BadRowException(
          "wrong type",
          "%s is a text that is not JSON: make it a list, or the JSON of one (%s)"
              .formatted(column, e.getOriginalMessage()));
    }
  }

  private static String type(JsonNode value) {
    JsonNodeType type = value.getNodeType();
    return (type == JsonNodeType.STRING ? "a text" : "of type " + type).toLowerCase(Locale.ROOT);
  }
}
