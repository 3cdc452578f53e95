package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.text.ChatMessage;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;

/**
 * How prompts and responses become tokens. After plain text a response ends with the end of
 * sequence; in a conversation it ends as the chat template ends it, which is what a chat model was
 * taught to stop at.
 */
final class ResponseEncoding {
  private final Tokenizer tokenizer;
  private final Optional<ChatTemplate> template;

  ResponseEncoding(Tokenizer tokenizer, Optional<ChatTemplate> template) {
    this.tokenizer = tokenizer;
    this.template = template;
  }

  /**
   * The prompt's tokens; none where it is empty.
   *
   * @throws UnusableException where it is a conversation that cannot be rendered
   */
  int[] prompt(Preference preference) throws UnusableException {
    if (!preference.getMessages().isEmpty()) {
      return tokenizer.encode(rendered(messages(preference), true), false);
    }
    return preference.getPrompt().isEmpty()
        ? new int[0]
        : tokenizer.encodePrompt(preference.getPrompt());
  }

  /**
   * The tokens of a response to the preference's prompt, its end included.
   *
   * @throws UnusableException where the conversation cannot be rendered
   */
  int[] response(Preference preference, String text) throws UnusableException {
    if (!preference.getMessages().isEmpty()) {
      List<ChatMessage> messages = messages(preference);
      String before = rendered(messages, true);
      messages.add(ChatMessage.of("assistant", text));
      String whole = rendered(messages, false);
      if (whole.startsWith(before)) {
        return tokenizer.encode(whole.substring(before.length()), false);
      }
    }
    int[] ids = tokenizer.encode(text);
    int[] ended = Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = tokenizer.endOfSequence();
    return ended;
  }

  private String rendered(List<ChatMessage> messages, boolean generationPrompt)
      throws UnusableException {
    if (template.isEmpty()) {
      throw new UnusableException(
          "its prompt is a conversation, but the model has no chat template: give the model one"
              + " (chat_template.jinja), or make the prompt a text");
    }
    try {
      return template.get().render(messages, generationPrompt);
    } catch (ModelException e) {
      throw new UnusableException(e.getMessage());
    }
  }

  private static List<ChatMessage> messages(Preference preference) {
    List<ChatMessage> messages = new ArrayList<>();
    preference
        .getMessages()
        .forEach(message -> messages.add(ChatMessage.of(message.getRole(), message.getContent())));
    return messages;
  }
}
