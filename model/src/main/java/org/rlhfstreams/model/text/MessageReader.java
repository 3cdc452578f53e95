package org.rlhfstreams.model.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Reads messages in the form of OpenAI's API into the form that chat templates expect: content in
 * parts of text becomes the text, and the arguments of tool calls, which the API has as JSON in a
 * text, become the object.
 */
public final class MessageReader {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String CONTENT = "content";
  private static final String ARGUMENTS = "arguments";

  private MessageReader() {}

  /**
   * Reads a message; one that is in the templates' form already stays as it is.
   *
   * @throws IllegalArgumentException if it is not an object with a role, or has content that is
   *     neither text nor parts of text
   */
  public static ChatMessage read(JsonNode message) {
    if (!(message instanceof ObjectNode object)) {
      return ChatMessage.of(message); // which refuses it
    }
    ObjectNode read = object.deepCopy();
    JsonNode content = object.path(CONTENT);
    if (content.isArray()) {
      read.put(CONTENT, text(content));
    } else if (!content.isTextual() && !content.isNull() && !content.isMissingNode()) {
      throw new IllegalArgumentException(
          "a message has the content " + shortened(content) + ": make it a string");
    }
    for (JsonNode call : read.path("tool_calls")) {
      if (call.path("function") instanceof ObjectNode function) {
        readArguments(function);
      }
    }
    return ChatMessage.of(read);
  }

  /**
   * The text of content in parts.
   *
   * @throws IllegalArgumentException if a part is not text, which is all that a text model can read
   */
  public static String text(JsonNode parts) {
    StringBuilder text = new StringBuilder();
    for (JsonNode part : parts) {
      if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
        throw new IllegalArgumentException(
            "a message's content has the part "
                + shortened(part)
                + ": expected a string, or parts of type text");
      }
      text.append(part.path("text").asText());
    }
    return text.toString();
  }

  /** A text that is not JSON is left as it is: models do write such calls. */
  private static void readArguments(ObjectNode function) {
    JsonNode written = function.path(ARGUMENTS);
    if (!written.isTextual()) {
      return;
    }
    if (written.asText().isBlank()) {
      function.putObject(ARGUMENTS);
      return;
    }
    try {
      JsonNode arguments = MAPPER.readTree(written.asText());
      if (arguments.isObject() || arguments.isArray()) {
        function.set(ARGUMENTS, arguments);
      }
    } catch (JsonProcessingException e) {
      // stays a text
    }
  }

  private static String shortened(JsonNode value) {
    String text = value.toString();
    int characters = text.codePointCount(0, text.length());
    return characters <= 60 ? text : text.substring(0, text.offsetByCodePoints(0, 60)) + "...";
  }
}
