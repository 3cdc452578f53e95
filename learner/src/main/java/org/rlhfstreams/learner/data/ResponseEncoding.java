package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.PreferenceTexts.Response;
import org.rlhfstreams.learner.data.PreferenceTexts.Texts;
import org.rlhfstreams.model.text.MarkedText;
import org.rlhfstreams.model.text.MarkedTokens;
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
  private final PreferenceTexts texts;
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * A row's tokens in two parts.
   *
   * @param assistant whether the assistant says a token, of both parts; none if nothing tells
   */
  record Parts(int[] prompt, int[] response, boolean[] assistant) {}

  ResponseEncoding(Tokenizer tokenizer, PreferenceTexts texts) {
    this.tokenizer = tokenizer;
    this.texts = texts;
  }

  /**
   * The tokens of responses to the preference's prompt. All of them get the same prompt.
   *
   * @return as many as there are responses
   * @throws UnusableException if a conversation cannot be rendered, or nothing of a response is
   *     left
   */
  List<Parts> encode(Preference preference, List<Response> responses) throws UnusableException {
    Texts row = texts.of(preference, responses);
    int[] prompt =
        row.rendered()
            ? tokenizer.encode(row.prompt(), false)
            : tokenizer.encodePrompt(row.prompt());
    List<MarkedTokens> whole = new ArrayList<>();
    for (MarkedText text : row.whole()) {
      whole.add(row.rendered() ? tokenizer.encode(text) : unmarked(text.text()));
    }
    int shared = prompt.length;
    for (MarkedTokens tokens : whole) {
      shared = Math.min(shared, shared(prompt, tokens.ids()));
    }
    if (shared < prompt.length) {
      warn(prompt, shared);
    }
    List<Parts> parts = new ArrayList<>();
    for (MarkedTokens tokens : whole) {
      int[] ids = tokens.ids();
      if (ids.length == shared) {
        throw new UnusableException(
            "the chat template leaves nothing of its response: change the template or the response");
      }
      parts.add(
          new Parts(
              Arrays.copyOf(prompt, shared),
              Arrays.copyOfRange(ids, shared, ids.length),
              tokens.assistant()));
    }
    return parts;
  }

  /** With the end of sequence, which data sets may have written out already. */
  private MarkedTokens unmarked(String text) {
    int[] ids = tokenizer.encodePrompt(text);
    int end = tokenizer.endOfSequence();
    if (ids.length == 0 || ids[ids.length - 1] != end) {
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = end;
    }
    return new MarkedTokens(ids, new boolean[ids.length]);
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
