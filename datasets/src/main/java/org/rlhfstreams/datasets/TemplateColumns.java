package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The columns that a conversation's chat template reads besides its messages, as in TRL: {@code
 * tools} and {@code chat_template_kwargs}. Tables often have them as JSON in a text.
 */
final class TemplateColumns {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String TOOLS = "tools";
  private static final String VARIABLES = "chat_template_kwargs";

  private TemplateColumns() {}

  /** Whether a column is one of them. */
  static boolean reads(String column) {
    return column.equals(TOOLS) || column.equals(VARIABLES);
  }

  /**
   * A row's values, as a JSON object; null if it has none.
   *
   * @throws BadRowException if a column holds something else
   */
  static String read(DataRow row) throws BadRowException {
    ObjectNode variables = MAPPER.createObjectNode();
    JsonNode tools = value(row, TOOLS);
    boolean objects = tools.isArray();
    for (JsonNode tool : tools) {
      objects &= tool.isObject();
    }
    if (!tools.isMissingNode() && !objects) {
      throw new BadRowException(
          "wrong type", "tools is %s: make it a list of objects".formatted(tools.getNodeType()));
    }
    if (!tools.isEmpty()) {
      variables.set(TOOLS, tools);
    }
    JsonNode others = value(row, VARIABLES);
    if (others instanceof ObjectNode object) {
      variables.setAll(object);
    } else if (!others.isMissingNode()) {
      throw new BadRowException(
          "wrong type", "%s is %s: make it an object".formatted(VARIABLES, others.getNodeType()));
    }
    return variables.isEmpty() ? null : variables.toString();
  }

  private static JsonNode value(DataRow row, String column) throws BadRowException {
    if (!row.has(column) || (row.value(column).isTextual() && row.text(column).isBlank())) {
      return MAPPER.missingNode();
    }
    JsonNode value = row.value(column);
    if (!value.isTextual()) {
      return value;
    }
    try {
      JsonNode read = MAPPER.readTree(value.asText());
      return read.isNull() ? MAPPER.missingNode() : read;
    } catch (JsonProcessingException e) {
      throw new BadRowException(
          "wrong type",
          "%s is a text that is not JSON: %s".formatted(column, e.getOriginalMessage()));
    }
  }
}
