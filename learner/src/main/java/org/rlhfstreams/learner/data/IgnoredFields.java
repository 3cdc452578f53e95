package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.text.ChatMessage;
import org.rlhfstreams.model.text.ChatTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of what rows have for a chat template that renders the same text without it: the model
 * would learn nothing from it. Each field is looked at once, in the first row that has it.
 */
final class IgnoredFields {
  private static final Logger LOG = LoggerFactory.getLogger(IgnoredFields.class);
  private static final String TOOLS = "tools";
  private static final List<String> OF_MESSAGES =
      List.of("tool_calls", "reasoning_content", "reasoning", "thinking");

  private final ChatTemplate template;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  IgnoredFields(ChatTemplate template) {
    this.template = template;
  }

  /**
   * Looks at a rendered conversation.
   *
   * @param id of the row, for the warning
   * @param messages with the answer
   */
  void check(String id, PreferenceConversation row, List<ChatMessage> messages, String rendered) {
    if (!row.tools().isEmpty() && seen.add(TOOLS)) {
      warnIfSame(id, TOOLS, rendered, messages, List.of(), row.variables());
    }
    for (String field : OF_MESSAGES) {
      if (messages.stream().anyMatch(message -> message.fields().containsKey(field))
          && seen.add(field)) {
        warnIfSame(id, field, rendered, without(messages, field), row.tools(), row.variables());
      }
    }
  }

  private void warnIfSame(
      String id,
      String field,
      String rendered,
      List<ChatMessage> messages,
      List<Map<String, Object>> tools,
      Map<String, Object> variables) {
    if (same(rendered, messages, tools, variables)) {
      LOG.warn(
          "The chat template leaves out the {} of row {}: the model does not learn from it. Use a"
              + " model that was trained with {}, or give it a chat_template.jinja that renders it.",
          field,
          id,
          field);
    }
  }

  private boolean same(
      String rendered,
      List<ChatMessage> messages,
      List<Map<String, Object>> tools,
      Map<String, Object> variables) {
    try {
      return template.render(messages, tools, false, variables).equals(rendered);
    } catch (ModelException e) {
      return false; // it cannot do without
    }
  }

  private static List<ChatMessage> without(List<ChatMessage> messages, String field) {
    List<ChatMessage> others = new ArrayList<>();
    for (ChatMessage message : messages) {
      Map<String, Object> fields = new LinkedHashMap<>(message.fields());
      fields.remove(field);
      others.add(new ChatMessage(fields));
    }
    return others;
  }
}
