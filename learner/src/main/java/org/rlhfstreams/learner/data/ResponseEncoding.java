package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.text.ChatMessage;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How prompts and responses become tokens, as in TRL: prompt and response are tokenised together,
 * and the response begins where these tokens are no longer those of the prompt alone. Plain text
 * ends with the end of sequence; a conversation ends as the chat template ends it, which is what a
 * chat model was taught to stop at.
 */
final class ResponseEncoding {
  private static final Logger LOG = LoggerFactory.getLogger(ResponseEncoding.class);

  private final Tokenizer tokenizer;
  private final Optional<ChatTemplate> template;
  private final AtomicBoolean warned = new AtomicBoolean();

  /** A row's tokens in two parts. */
  record Parts(int[] prompt, int[] response) {}

  ResponseEncoding(Tokenizer tokenizer, Optional<ChatTemplate> template) {
    this.tokenizer = tokenizer;
    this.template = template;
  }

  /**
   * The tokens of responses to the preference's prompt. All of them get the same prompt.
   *
   * @return as many as there are responses
   * @throws UnusableException if a conversation cannot be rendered, or nothing of a response is left
   */
  List<Parts> encode(Preference preference, List<String> responses) throws UnusableException {
    int[] prompt = prompt(preference);
    List<int[]> rows = new ArrayList<>();
    int shared = prompt.length;
    for (String response : responses) {
      int[] row = row(preference, response);
      shared = Math.min(shared, shared(prompt, row));
      rows.add(row);
    }
    if (shared < prompt.length) {
      warn(prompt, shared);
    }
    List<Parts> parts = new ArrayList<>();
    for (int[] row : rows) {
      if (row.length == shared) {
        throw new UnusableException(
            "the chat template leaves nothing of its response: change the template or the response");
      }
      parts.add(
          new Parts(Arrays.copyOf(prompt, shared), Arrays.copyOfRange(row, shared, row.length)));
    }
    return parts;
  }

  private int[] prompt(Preference preference) throws UnusableException {
    return preference.getMessages().isEmpty()
        ? tokenizer.encodePrompt(preference.getPrompt())
        : tokenizer.encode(rendered(messages(preference), true), false);
  }

  private int[] row(Preference preference, String response) throws UnusableException {
    if (preference.getMessages().isEmpty()) {
      return ended(tokenizer.encodePrompt(preference.getPrompt() + response));
    }
    List<ChatMessage> messages = messages(preference);
    messages.add(ChatMessage.of("assistant", response));
    return tokenizer.encode(rendered(messages, false), false);
  }

  /** With the end of sequence, which data sets may have written out already. */
  private int[] ended(int[] ids) {
    int end = tokenizer.endOfSequence();
    if (ids.length > 0 && ids[ids.length - 1] == end) {
      return ids;
    }
    int[] ended = Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = end;
    return ended;
  }

  private static int shared(int[] prompt, int[] row) {
    int difference = Arrays.mismatch(prompt, row);
    return difference < 0 ? prompt.length : difference;
  }

  private void warn(int[] prompt, int shared) {
    if (!warned.getAndSet(true)) {
      LOG.warn(
          "The prompt's tokens do not begin the row: its end, {}, is left out, and the response"
              + " begins where they differ. The chat template renders a prompt alone differently,"
              + " or tokens merge across the boundary. The model learns from another context than"
              + " the one that it answers in. Said once; other rows may be the same.",
          quoted(tokenizer.decode(Arrays.copyOfRange(prompt, shared, prompt.length), false)));
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\n", "\\n") + '"';
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
