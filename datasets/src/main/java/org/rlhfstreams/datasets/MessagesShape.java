package org.rlhfstreams.datasets;

import java.util.List;
import java.util.Set;
import org.rlhfstreams.events.ChatMessage;

/** Whole conversations, of which all is to be imitated. */
final class MessagesShape implements PreferenceShape {
  @Override
  public String name() {
    return "conversations (messages or conversations)";
  }

  @Override
  public boolean fits(Set<String> columns) {
    return columns.contains("messages") || columns.contains("conversations");
  }

  @Override
  public boolean reads(String column, Set<String> columns) {
    return List.of("messages", "conversations").contains(column) || TemplateColumns.reads(column);
  }

  @Override
  public Content content(DataRow row) throws BadRowException {
    String column = row.has("messages") ? "messages" : "conversations";
    List<ChatMessage> messages = Conversations.read(row, column);
    if (messages.size() == 1) {
      throw new BadRowException("empty prompt", column + " has one message and no prompt");
    }
    return Content.of(List.of(), Conversations.answer(column, messages, 0), null);
  }
}
