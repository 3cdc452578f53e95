package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.events.ChatMessage;

/** Lists of messages, [{"role": …, "content": …}], as data sets have them. */
final class Conversations {
  private Conversations() {}

  /**
   * Reads one.
   *
   * @throws BadRowException where it is none
   */
  static List<ChatMessage> read(String column, JsonNode value) throws BadRowException {
    if (!value.isArray() || value.isEmpty()) {
      throw new BadRowException(
          "wrong type", column + " is no list of messages: write [{\"role\": …, \"content\": …}]");
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode message : value) {
      String role = message.path("role").asText(message.path("from").asText(""));
      if (role.isEmpty()) {
        throw new BadRowException("wrong type", column + " has a message without a role");
      }
      messages.add(MessageFields.read(column, role, message));
    }
    return messages;
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
   * The one message that answers.
   *
   * @param answered messages before it
   * @throws BadRowException where more or fewer follow, or the assistant does not speak
   */
  static ChatMessage answer(String column, List<ChatMessage> messages, int answered)
      throws BadRowException {
    if (messages.size() != answered + 1 || !messages.get(answered).getRole().equals("assistant")) {
      throw new BadRowException(
          "no single answer",
          String.format(
              Locale.ROOT,
              "%s must go on with one message of the assistant after its %d shared ones; it has %d more",
              column,
              answered,
              messages.size() - answered));
    }
    return messages.get(answered);
  }
}
