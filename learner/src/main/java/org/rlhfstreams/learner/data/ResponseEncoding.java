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
  private final Optional<IgnoredFields> ignored;
  private final AtomicBoolean warned = new AtomicBoolean();

  /** A row's tokens in two parts. */
  record Parts(int[] prompt, int[] response) {}

  /**
   * A response.
   *
   * @param messages the response to a conversation if a text does not say all of it; else empty
   */
  record Response(String text, List<org.rlhfstreams.events.ChatMessage> messages) {
    static Response chosen(Preference preference) {
      return new Response(preference.getChosen(), preference.getChosenMessages());
    }

    static Response rejected(Preference preference) {
      return new Response(preference.getRejected(), preference.getRejectedMessages());
    }
  }

  ResponseEncoding(Tokenizer tokenizer, Optional<ChatTemplate> template) {
    this.tokenizer = tokenizer;
    this.template = template;
    this.ignored = template.map(IgnoredFields::new);
  }

  /**
   * The tokens of responses to the preference's prompt. All of them get the same prompt.
   *
   * @return as many as there are responses
   * @throws UnusableException if a conversation cannot be rendered, or nothing of a response is
   *     left
   */
  List<Parts> encode(Preference preference, List<Response> responses) throws UnusableException {
    List<int[]> rows = new ArrayList<>();
    int[] prompt =
        preference.getMessages().isEmpty()
            ? ofText(preference.getPrompt(), responses, rows)
            : ofConversation(preference, responses, rows);
    int shared = prompt.length;
    for (int[] row : rows) {
      shared = Math.min(shared, shared(prompt, row));
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

  /** The prompt's tokens; adds those of prompt and response for each response. */
  private int[] ofText(String prompt, List<Response> responses, List<int[]> rows) {
    for (Response response : responses) {
      rows.add(ended(tokenizer.encodePrompt(prompt + response.text())));
    }
    return tokenizer.encodePrompt(prompt);
  }

  /** The same, by the chat template. */
  private int[] ofConversation(Preference preference, List<Response> responses, List<int[]> rows)
      throws UnusableException {
    if (template.isEmpty()) {
      throw new UnusableException(
          "its prompt is a conversation, but the model has no chat template: give the model one"
              + " (chat_template.jinja), or make the prompt a text");
    }
    PreferenceConversation row = PreferenceConversation.of(preference);
    try {
      for (Response response : responses) {
        List<ChatMessage> messages = row.answered(response.text(), response.messages());
        String whole = template.get().render(messages, row.tools(), false, row.variables());
        ignored.get().check(preference.getPreferenceId(), row, messages, whole);
        rows.add(tokenizer.encode(whole, false));
      }
      return tokenizer.encode(
          template.get().render(row.prompt(), row.tools(), true, row.variables()), false);
    } catch (ModelException e) {
      throw new UnusableException(e.getMessage());
    }
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
}
