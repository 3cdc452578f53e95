package org.rlhfstreams.datasets;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;

/** The rule what counts as a row's content: all that is learned from, not where and when. */
final class RowContent {
  private RowContent() {}

  static ContentDigest of(Prompt prompt) {
    List<Object> parts = new ArrayList<>();
    parts.add("prompt");
    parts.add(optional(prompt.getText()));
    add(parts, prompt.getMessages());
    new TreeMap<>(prompt.getMetadata())
        .forEach(
            (name, value) -> {
              parts.add(name);
              parts.add(value);
            });
    if (prompt.getTemplateVariables() != null) {
      parts.add("template");
      parts.add(prompt.getTemplateVariables());
    }
    return ContentDigest.of(parts.toArray());
  }

  static ContentDigest of(Preference preference) {
    List<Object> parts = new ArrayList<>();
    List<ChatMessage> prompt = preference.getMessages();
    List<ChatMessage> answer = preference.getChosenMessages();
    if (prompt.isEmpty() && !answer.isEmpty() && preference.getRejected() == null) {
      // Earlier releases took a conversation apart before its last message.
      int last = answer.size() - 1;
      prompt = answer.subList(0, last);
      answer = isText(answer.get(last)) ? List.of() : answer.subList(last, last + 1);
    }
    parts.add("preference");
    parts.add(preference.getPrompt());
    add(parts, prompt);
    parts.add(preference.getChosen());
    parts.add(optional(preference.getRejected()));
    parts.add(optional(preference.getLabel()));
    parts.add(optional(preference.getMargin()));
    parts.add(preference.getWeight());
    // Rows of earlier releases have none of these, and keep their identities.
    if (!answer.isEmpty()) {
      add(parts, answer);
      add(parts, preference.getRejectedMessages());
    }
    if (preference.getTemplateVariables() != null) {
      parts.add(preference.getTemplateVariables());
    }
    return ContentDigest.of(parts.toArray());
  }

  private static boolean isText(ChatMessage message) {
    return Conversations.isAssistant(message) && message.getFields() == null;
  }

  private static void add(List<Object> parts, List<ChatMessage> messages) {
    parts.add(messages.size());
    for (ChatMessage message : messages) {
      parts.add(message.getRole());
      parts.add(message.getContent());
      if (message.getFields() != null) {
        parts.add("fields");
        parts.add(message.getFields());
      }
    }
  }

  /** A text that nothing else has, for what is missing. */
  private static String optional(Object value) {
    return value == null ? "" : "=" + value;
  }
}
