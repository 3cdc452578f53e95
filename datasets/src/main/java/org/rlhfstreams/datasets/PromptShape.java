package org.rlhfstreams.datasets;

import java.util.List;
import java.util.Set;
import org.rlhfstreams.events.ChatMessage;

/** A prompt to answer: a text, or a conversation whose last word is not the assistant's. */
final class PromptShape implements RowShape<PromptContent> {
  @Override
  public String name() {
    return "prompts (prompt, instruction, messages or conversations)";
  }

  @Override
  public boolean fits(Set<String> columns) {
    return Prompts.present(columns);
  }

  @Override
  public boolean reads(String column, Set<String> columns) {
    return true; // what is not the prompt is its metadata
  }

  @Override
  public PromptContent content(DataRow row) throws BadRowException {
    if (Prompts.conversation(row)) {
      List<ChatMessage> messages = Prompts.messages(row);
      for (ChatMessage message : messages) {
        if (message.getContent().isBlank() && message.getRole().equals("user")) {
          throw new BadRowException("empty prompt", "a message of the user is empty");
        }
      }
      return PromptContent.of(messages);
    }
    String text = Prompts.text(row);
    if (text.isBlank()) {
      throw Prompts.empty();
    }
    return PromptContent.of(text);
  }
}
