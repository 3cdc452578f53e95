package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.rlhfstreams.events.ChatMessage;

/** Messages of data sets with all that a chat template may read of them. */
final class MessageFields {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String CONTENT = "content";

  /** As ChatML and as ShareGPT call the two. */
  private static final Set<String> PLAIN = Set.of("role", "from", CONTENT, "value");

  private static final Set<String> NO_ANSWER = Set.of("role", CONTENT, "name");

  /** What a message may be without content, by the names that chat templates read. */
  private static final Set<String> SAY_WITHOUT_CONTENT =
      Set.of("tool_calls", "function_call", "reasoning_content", "reasoning", "thinking");

  private MessageFields() {}

  /**
   * Reads a message. Content in parts of text is read as the text; what else a message has goes
   * along as JSON.
   *
   * @param column for messages about what is wrong
   * @throws BadRowException if its content is neither text nor parts of text
   */
  static ChatMessage read(String column, String role, JsonNode message) throws BadRowException {
    JsonNode content = message.has(CONTENT) ? message.get(CONTENT) : message.path("value");
    ObjectNode fields = MAPPER.createObjectNode().put("role", role);
    String text = text(column, content);
    if (content.isNull()) {
      fields.putNull(CONTENT);
    } else if (!content.isMissingNode()) {
      fields.put(CONTENT, text);
    }
    for (Map.Entry<String, JsonNode> field : message.properties()) {
      // Tables have nulls where a row's objects lack what others have.
      if (!PLAIN.contains(field.getKey()) && !field.getValue().isNull()) {
        fields.set(field.getKey(), field.getValue());
      }
    }
    boolean more = fields.size() > (fields.has(CONTENT) ? 2 : 1);
    if (!fields.hasNonNull(CONTENT) && !(more && saysWithout(fields))) {
      throw new BadRowException(
          "wrong type",
          column
              + " has a message with neither content nor tool calls"
              + (more ? ", but " + names(fields) + ": call its text content" : ""));
    }
    boolean plain = !more && fields.hasNonNull(CONTENT);
    return new ChatMessage(role, text, plain ? null : fields.toString());
  }

  /**
   * Whether a message without content may say something: a text under another name would be lost.
   */
  private static boolean saysWithout(ObjectNode fields) {
    return fields.has(CONTENT) || SAY_WITHOUT_CONTENT.stream().anyMatch(fields::has);
  }

  private static String names(ObjectNode fields) {
    return fields.properties().stream()
        .map(Map.Entry::getKey)
        .filter(name -> !NO_ANSWER.contains(name))
        .collect(Collectors.joining(", "));
  }

  private static String text(String column, JsonNode content) throws BadRowException {
    if (content.isArray()) {
      StringBuilder text = new StringBuilder();
      for (JsonNode part : content) {
        if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
          throw new BadRowException(
              "wrong type",
              column
                  + " has a message with a part of type "
                  + part.path("type").asText("none")
                  + ": a text model reads parts of type text alone");
        }
        text.append(part.path("text").asText());
      }
      return text.toString();
    }
    if (!content.isTextual() && !content.isNull() && !content.isMissingNode()) {
      throw new BadRowException(
          "wrong type", column + " has a message whose content is " + content.getNodeType());
    }
    return content.asText("");
  }

  /** Whether a message says something: text, a call, or reasoning. */
  static boolean says(ChatMessage message) {
    if (!message.getContent().isBlank() || message.getFields() == null) {
      return !message.getContent().isBlank();
    }
    try {
      JsonNode fields = MAPPER.readTree(message.getFields());
      return fields.properties().stream()
          .filter(field -> !NO_ANSWER.contains(field.getKey()))
          .anyMatch(field -> !field.getValue().isEmpty() || !field.getValue().asText().isBlank());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the fields of a message are not JSON", e);
    }
  }
}
