package org.rlhfstreams.model.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chat template sees of a row besides its messages, as events have it: a JSON object with
 * {@code tools} and the template's own variables.
 *
 * @param tools JSON descriptions of what the assistant may call; none if empty
 * @param others by name, such as {@code enable_thinking}
 */
public record TemplateVariables(List<Map<String, Object>> tools, Map<String, Object> others) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String TOOLS = "tools";

  /**
   * Reads them.
   *
   * @param json null for none
   * @throws IllegalArgumentException if it is not an object, or its tools are not a list of objects
   */
  @SuppressWarnings("unchecked") // an object's keys are texts
  public static TemplateVariables of(String json) {
    if (json == null) {
      return new TemplateVariables(List.of(), Map.of());
    }
    Map<String, Object> variables;
    try {
      variables = MAPPER.readValue(json, LinkedHashMap.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "its templateVariables are not a JSON object: " + e.getOriginalMessage(), e);
    }
    return new TemplateVariables(tools(variables.remove(TOOLS)), variables);
  }

  @SuppressWarnings("unchecked") // an object's keys are texts
  private static List<Map<String, Object>> tools(Object written) {
    List<Map<String, Object>> tools = new ArrayList<>();
    if (written instanceof List<?> list) {
      for (Object tool : list) {
        if (!(tool instanceof Map)) {
          throw new IllegalArgumentException("its tools hold " + tool + ": expected objects");
        }
        tools.add((Map<String, Object>) tool);
      }
    } else if (written != null) {
      throw new IllegalArgumentException(
          "its tools are " + written + ": expected a list of objects");
    }
    return tools;
  }
}
