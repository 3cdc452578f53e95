package org.rlhfstreams.model.completion;

import java.util.Collections;
import java.util.LinkedHashMap;
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
   * @param variables what else the chat template may read, such as {@code enable_thinking}
   */
  record Conversation(
      List<ChatMessage> messages, List<Map<String, Object>> tools, Map<String, Object> variables)
      implements CompletionPrompt {
    public Conversation {
      messages = List.copyOf(messages);
      tools = List.copyOf(tools);
      variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** A conversation whose template reads messages and tools alone. */
    public Conversation(List<ChatMessage> messages, List<Map<String, Object>> tools) {
      this(messages, tools, Map.of());
    }
  }

  /** Tokens. */
  record Tokens(int[] tokenIds) implements CompletionPrompt {}
}
