package org.rlhfstreams.datasets;

import java.util.List;
import org.rlhfstreams.events.ChatMessage;

/**
 * What a row of prompts says.
 *
 * @param text of a plain prompt; null if it is a conversation
 * @param messages of a conversation; empty if it is plain
 */
record PromptContent(String text, List<ChatMessage> messages) {
  static PromptContent of(String text) {
    return new PromptContent(text, List.of());
  }

  static PromptContent of(List<ChatMessage> messages) {
    return new PromptContent(null, messages);
  }
}
