package org.rlhfstreams.learner.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.model.text.ChatMessage;

/**
 * A preference's conversation as a chat template sees it.
 *
 * @param prompt its messages up to the answer
 * @param tools that the assistant may call
 * @param variables what else the row has for the template
 */
record PreferenceConversation(
    List<ChatMessage> prompt, List<Map<String, Object>> tools, Map<String, Object> variables) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Reads a preference whose prompt is a conversation.
   *
   * @throws UnusableException if what it has for the template cannot be read
   */
  static PreferenceConversation of(Preference preference) throws UnusableException {
    Map<String, Object> variables = variables(preference.getTemplateVariables());
    return new PreferenceConversation(
        messages(preference.getMessages()), tools(variables.remove("tools")), variables);
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

  @SuppressWarnings("unchecked") // an object's keys are texts
  private static Map<String, Object> variables(String json) throws UnusableException {
    try {
      return json == null ? new LinkedHashMap<>() : MAPPER.readValue(json, LinkedHashMap.class);
    } catch (JsonProcessingException e) {
      throw new UnusableException(
          "its templateVariables are not a JSON object: " + e.getOriginalMessage());
    }
  }

  @SuppressWarnings("unchecked") // an object's keys are texts
  private static List<Map<String, Object>> tools(Object written) throws UnusableException {
    List<Map<String, Object>> tools = new ArrayList<>();
    if (written instanceof List<?> list) {
      for (Object tool : list) {
        if (!(tool instanceof Map)) {
          throw new UnusableException("its tools hold " + tool + ": expected objects");
        }
        tools.add((Map<String, Object>) tool);
      }
    } else if (written != null) {
      throw new UnusableException("its tools are " + written + ": expected a list of objects");
    }
    return tools;
  }
}
