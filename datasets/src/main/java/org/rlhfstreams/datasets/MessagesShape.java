package org.rlhfstreams.datasets;

import java.util.List;
import java.util.Set;
import org.rlhfstreams.events.ChatMessage;

/** Whole conversations, of which the last answer is to be imitated. */
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
  public Content content(DataRow row) throws BadRowException {
    String column = row.has("messages") ? "messages" : "conversations";
    List<ChatMessage> messages = Conversations.read(row, column);
    int before = messages.size() - 1;
    if (before == 0) {
      throw new BadRowException("empty prompt", column + " has one message and no prompt");
    }
    ChatMessage answer = Conversations.answer(column, messages, before);
    return Content.of(messages.subList(0, before), answer, null);
  }
}
