package org.rlhfstreams.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;

/**
 * A preference as a row of a data set, by the columns that {@code train}, {@code preferences
 * import} and TRL read: prompt with chosen and rejected, with completion and label, or with
 * completion; texts, or messages where the prompt is a conversation.
 */
public final class PreferenceRow {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String TOOLS = "tools";

  private PreferenceRow() {}

  /** The row. */
  public static ObjectNode of(Preference preference) {
    ObjectNode row = MAPPER.createObjectNode().put("id", preference.getPreferenceId());
    boolean isConversation = !preference.getMessages().isEmpty();
    if (isConversation) {
      row.set("prompt", messages(preference.getMessages()));
    } else {
      row.put("prompt", preference.getPrompt());
    }
    String first = preference.getRejected() == null ? "completion" : "chosen";
    answer(row, first, isConversation, preference.getChosen(), preference.getChosenMessages());
    if (preference.getRejected() != null) {
      answer(
          row,
          "rejected",
          isConversation,
          preference.getRejected(),
          preference.getRejectedMessages());
    }
    if (preference.getLabel() != null) {
      row.put("label", preference.getLabel());
    }
    if (preference.getMargin() != null) {
      row.put("margin", preference.getMargin());
    }
    variables(row, preference.getTemplateVariables());
    return row.put("source", preference.getSource())
        .put("created_at", preference.getCreatedAt().toString());
  }

  private static void answer(
      ObjectNode row, String column, boolean asMessages, String text, List<ChatMessage> messages) {
    if (!messages.isEmpty()) {
      row.set(column, messages(messages));
    } else if (asMessages) {
      row.putArray(column).addObject().put("role", "assistant").put("content", text);
    } else {
      row.put(column, text);
    }
  }

  private static ArrayNode messages(List<ChatMessage> messages) {
    ArrayNode array = MAPPER.createArrayNode();
    for (ChatMessage message : messages) {
      ObjectNode one = array.addObject();
      if (message.getFields() == null) {
        one.put("role", message.getRole()).put("content", message.getContent());
      } else {
        one.setAll((ObjectNode) parsed(message.getFields()));
      }
    }
    return array;
  }

  /** Tools have a column of their own; what else the template sees is its keyword arguments. */
  private static void variables(ObjectNode row, String json) {
    if (json == null) {
      return;
    }
    ObjectNode variables = (ObjectNode) parsed(json);
    JsonNode tools = variables.remove(TOOLS);
    if (tools != null) {
      row.set(TOOLS, tools);
    }
    if (!variables.isEmpty()) {
      row.set("chat_template_kwargs", variables);
    }
  }

  private static JsonNode parsed(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a preference's JSON was checked when it was published", e);
    }
  }
}
