package org.rlhfstreams.model.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One message of a conversation as a chat template sees it.
 *
 * @param fields {@code role} and {@code content}, and whatever else the template reads, such as
 *     {@code tool_calls}; the values are those of JSON: maps, lists, texts, numbers, booleans, null
 */
public record ChatMessage(Map<String, Object> fields) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ROLE = "role";

  public ChatMessage {
    if (!(fields.get(ROLE) instanceof String)) {
      throw new IllegalArgumentException("a chat message needs a role, a text; it has " + fields);
    }
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** A message that is text alone. */
  public static ChatMessage of(String role, String content) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(ROLE, Objects.requireNonNull(role, ROLE));
    fields.put("content", Objects.requireNonNull(content, "content"));
    return new ChatMessage(fields);
  }

  /**
   * A message of the log.
   *
   * @param fields all of it as JSON; null if role and content are all
   */
  public static ChatMessage of(String role, String content, String fields) {
    if (fields == null) {
      return of(role, content);
    }
    try {
      return of(MAPPER.readTree(fields));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the fields of a chat message are not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * A message as it is written in data sets, with all its fields.
   *
   * @throws IllegalArgumentException where it is not an object with a role
   */
  @SuppressWarnings("unchecked") // an object's keys are texts
  public static ChatMessage of(JsonNode message) {
    if (!message.isObject()) {
      throw new IllegalArgumentException("a chat message is a JSON object, not " + message);
    }
    return new ChatMessage(MAPPER.convertValue(message, Map.class));
  }
}
