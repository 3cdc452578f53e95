package org.rlhfstreams.model.completion;

import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.text.ChatMessage;

/** What a model is to go on with. */
public sealed interface CompletionPrompt {
  /** Plain text, tokenised behind what the tokenizer puts in front of texts. */
  static CompletionPrompt of(String text) {
    return new Text(text);
  }

  /** A conversation that the assistant is to answer. */
  static CompletionPrompt of(List<ChatMessage> messages) {
    return new Conversation(messages, List.of());
  }

  /** Tokens as they are. */
  static CompletionPrompt of(int[] tokenIds) {
    return new Tokens(tokenIds);
  }

  /** Plain text. */
  record Text(String text) implements CompletionPrompt {}

  /**
   * A conversation.
   *
   * @param tools JSON descriptions of what the assistant may call; none where empty
   */
  record Conversation(List<ChatMessage> messages, List<Map<String, Object>> tools)
      implements CompletionPrompt {
    public Conversation {
      messages = List.copyOf(messages);
      tools = List.copyOf(tools);
    }
  }

  /** Tokens. */
  record Tokens(int[] tokenIds) implements CompletionPrompt {}
}
