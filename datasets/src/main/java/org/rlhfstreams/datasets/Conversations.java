package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.events.ChatMessage;

/**
 * Lists of messages as data sets have them: {@code [{"role": …, "content": …}]}, or ShareGPT's
 * {@code [{"from": …, "value": …}]}.
 */
final class Conversations {
  private static final String ASSISTANT = "assistant";

  private Conversations() {}

  /** Whether a value is a message or several, and no text. */
  static boolean is(JsonNode value) {
    return value.isArray() || value.isObject();
  }

  /**
   * Reads one; a single message is a list of one.
   *
   * @throws BadRowException if it is not a list of messages
   */
  static List<ChatMessage> read(DataRow row, String column) throws BadRowException {
    JsonNode value = row.value(column);
    if (value.isObject()) {
      return List.of(message(column, value));
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode message : row.list(column)) {
      messages.add(message(column, message));
    }
    if (messages.isEmpty()) {
      throw new BadRowException(
          "wrong type", column + " has no messages: write [{\"role\": …, \"content\": …}]");
    }
    return List.copyOf(messages);
  }

  private static ChatMessage message(String column, JsonNode message) throws BadRowException {
    JsonNode role = message.hasNonNull("role") ? message.get("role") : message.path("from");
    if (!role.isTextual() || role.asText().isEmpty()) {
      throw new BadRowException(
          "wrong type",
          column + " has a message without a role: write [{\"role\": …, \"content\": …}]");
    }
    return MessageFields.read(
        column,
        message.hasNonNull("role") ? role.asText() : ShareGptRoles.of(column, role.asText()),
        message);
  }

  /** How many first messages two conversations share. */
  static int shared(List<ChatMessage> one, List<ChatMessage> other) {
    int count = 0;
    while (count < Math.min(one.size(), other.size()) && one.get(count).equals(other.get(count))) {
      count++;
    }
    return count;
  }

  /**
   * Refuses a conversation that has its answer already.
   *
   * @throws BadRowException if the assistant has the last word
   */
  static void requireQuestion(String column, List<ChatMessage> messages) throws BadRowException {
    if (isAssistant(messages.get(messages.size() - 1))) {
      throw new BadRowException(
          "answered prompt",
          column + " ends with an answer of the assistant: a prompt ends before it");
    }
  }

  /** Whether the assistant says a message. */
  static boolean isAssistant(ChatMessage message) {
    return message.getRole().equals(ASSISTANT);
  }

  /**
   * The messages that answer: one of the assistant, or several turns.
   *
   * @param answered messages before them
   * @throws BadRowException if the assistant says none of them
   */
  static List<ChatMessage> answer(String column, List<ChatMessage> messages, int answered)
      throws BadRowException {
    List<ChatMessage> answer = messages.subList(answered, messages.size());
    if (answer.stream().noneMatch(Conversations::isAssistant)) {
      throw new BadRowException(
          "no answer",
          String.format(
              Locale.ROOT,
              "%s ends with a message of the role %s and has none of the assistant%s: there is"
                  + " nothing to learn",
              column,
              messages.get(messages.size() - 1).getRole(),
              answered == 0 ? "" : " after its " + answered + " shared ones"));
    }
    return List.copyOf(answer);
  }

  /** What the assistant says last. */
  static String lastWords(List<ChatMessage> answer) {
    return answer.stream()
        .filter(Conversations::isAssistant)
        .reduce((earlier, later) -> later)
        .orElseThrow()
        .getContent();
  }
}
