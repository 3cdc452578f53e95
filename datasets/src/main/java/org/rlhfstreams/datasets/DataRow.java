package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One row of a file.
 *
 * @param file its name, for messages
 * @param number of the row, or of the line it stands on, counted from 1
 * @param columns by name
 */
record DataRow(String file, long number, ObjectNode columns) {
  /** Where it is, for people. */
  String source() {
    return file + ":" + number;
  }

  /** Whether it has a value in a column. */
  boolean has(String column) {
    return columns.hasNonNull(column);
  }

  /** A column's value. */
  JsonNode value(String column) {
    return columns.path(column);
  }

  /**
   * A column that must be a text.
   *
   * @throws BadRowException where it is missing or something else
   */
  String text(String column) throws BadRowException {
    JsonNode value = columns.path(column);
    if (value.isMissingNode() || value.isNull()) {
      throw new BadRowException("missing column", column + " is missing");
    }
    if (!value.isTextual()) {
      throw new BadRowException(
          "wrong type", "%s is %s: make it a text".formatted(column, value.getNodeType()));
    }
    return value.asText();
  }
}
