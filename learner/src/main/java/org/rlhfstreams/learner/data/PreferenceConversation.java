package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.model.text.ChatMessage;
import org.rlhfstreams.model.text.TemplateVariables;

/**
 * A preference's conversation as a chat template sees it.
 *
 * @param prompt its messages up to the answer
 * @param tools that the assistant may call
 * @param variables what else the row has for the template
 */
record PreferenceConversation(
    List<ChatMessage> prompt, List<Map<String, Object>> tools, Map<String, Object> variables) {
  /**
   * Reads a preference whose prompt is a conversation.
   *
   * @throws UnusableException if what it has for the template cannot be read
   */
  static PreferenceConversation of(Preference preference) throws UnusableException {
    TemplateVariables variables;
    try {
      variables = TemplateVariables.of(preference.getTemplateVariables());
    } catch (IllegalArgumentException e) {
      throw new UnusableException(e.getMessage());
    }
    return new PreferenceConversation(
        messages(preference.getMessages()), variables.tools(), variables.others());
  }

  /**
   * The conversation with an answer.
   *
   * @param text of the answer
   * @param messages the answer, if a text does not say all of it; else empty
   */
  List<ChatMessage> answered(String text, List<org.rlhfstreams.events.ChatMessage> messages)
      throws UnusableException {
    List<ChatMessage> all = new ArrayList<>(prompt);
    if (messages.isEmpty()) {
      all.add(ChatMessage.of("assistant", text));
    } else {
      all.addAll(messages(messages));
    }
    return all;
  }

  private static List<ChatMessage> messages(List<org.rlhfstreams.events.ChatMessage> messages)
      throws UnusableException {
    List<ChatMessage> read = new ArrayList<>();
    for (org.rlhfstreams.events.ChatMessage message : messages) {
      try {
        read.add(ChatMessage.of(message.getRole(), message.getContent(), message.getFields()));
      } catch (IllegalArgumentException e) {
        throw new UnusableException(e.getMessage());
      }
    }
    return read;
  }
}
