package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.rlhfstreams.events.ChatMessage;

/** The columns that a prompt comes in: prompt, or instruction and input, text or messages. */
final class Prompts {
  private Prompts() {}

  static boolean present(Set<String> columns) {
    return columns.contains("prompt") || columns.contains("instruction");
  }

  /** Whether the row's prompt is a conversation. */
  static boolean conversation(DataRow row) {
    return row.value("prompt").isArray();
  }

  /**
   * The prompt as messages.
   *
   * @throws BadRowException where it is none
   */
  static List<ChatMessage> messages(DataRow row) throws BadRowException {
    return Conversations.read("prompt", row.value("prompt"));
  }

  /**
   * The prompt as text.
   *
   * @throws BadRowException where it is none
   */
  static String text(DataRow row) throws BadRowException {
    if (row.has("prompt") || !row.has("instruction")) {
      return row.text("prompt");
    }
    JsonNode input = row.value("input");
    String more = input.isTextual() && !input.asText().isEmpty() ? "\n" + input.asText() : "";
    return row.text("instruction") + more + "\n";
  }
}
