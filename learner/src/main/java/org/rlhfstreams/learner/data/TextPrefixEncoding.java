package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.PreferenceTexts.Response;
import org.rlhfstreams.learner.data.PreferenceTexts.Texts;
import org.rlhfstreams.learner.data.ResponseEncoding.Parts;
import org.rlhfstreams.model.text.MarkedText;
import org.rlhfstreams.model.text.Tokenizer;

/**
 * How TRL's ORPO makes tokens of prompts and responses, unlike its other trainers: the prompt is
 * what the texts have in common, a prompt that the assistant ended is gone on with, and every row
 * begins and ends with the beginning and the end of sequence, conversations too.
 */
final class TextPrefixEncoding {
  private final Tokenizer tokenizer;
  private final PreferenceTexts texts;

  TextPrefixEncoding(Tokenizer tokenizer, PreferenceTexts texts) {
    this.tokenizer = tokenizer;
    this.texts = texts;
  }

  /**
   * The tokens of responses to the preference's prompt. Their prompts are the same but for a last
   * token that may have merged with the response.
   *
   * @return as many as there are responses
   * @throws UnusableException if a conversation cannot be rendered, or a response changes more of
   *     the prompt's tokens
   */
  List<Parts> encode(Preference preference, List<Response> responses) throws UnusableException {
    Texts row = texts.continued(preference, responses);
    String prompt = row.prompt();
    for (MarkedText whole : row.whole()) {
      prompt = common(prompt, whole.text());
    }
    int[] alone = tokenizer.encode(prompt);
    List<Parts> parts = new ArrayList<>();
    for (MarkedText whole : row.whole()) {
      parts.add(split(alone, tokenizer.encode(whole.text())));
    }
    requireOnePrompt(parts);
    return parts.stream().map(this::surrounded).toList();
  }

  private static String common(String one, String other) {
    int shared = 0;
    while (shared < Math.min(one.length(), other.length())
        && one.charAt(shared) == other.charAt(shared)) {
      shared++;
    }
    boolean half = shared > 0 && Character.isHighSurrogate(one.charAt(shared - 1));
    return one.substring(0, half ? shared - 1 : shared);
  }

  private static Parts split(int[] prompt, int[] whole) throws UnusableException {
    if (whole.length < prompt.length) {
      throw tooDifferent();
    }
    boolean merged = !Arrays.equals(prompt, 0, prompt.length, whole, 0, prompt.length);
    int start = merged ? prompt.length - 1 : prompt.length;
    return new Parts(
        Arrays.copyOf(whole, start),
        Arrays.copyOfRange(whole, start, whole.length),
        new boolean[0]);
  }

  private static void requireOnePrompt(List<Parts> parts) throws UnusableException {
    int[] first = parts.get(0).prompt();
    for (Parts other : parts) {
      int both = Math.min(first.length, other.prompt().length);
      int different = 0;
      for (int i = 0; i < both; i++) {
        different += first[i] == other.prompt()[i] ? 0 : 1;
      }
      if (different > 1 || Math.abs(first.length - other.prompt().length) > 1) {
        throw tooDifferent();
      }
    }
  }

  private static UnusableException tooDifferent() {
    return new UnusableException(
        "its responses change more than the last token of the prompt: end the prompt between words");
  }

  private Parts surrounded(Parts parts) {
    OptionalInt beginning = tokenizer.beginningOfSequence();
    int[] prompt = parts.prompt();
    if (beginning.isPresent() && (prompt.length == 0 || prompt[0] != beginning.getAsInt())) {
      prompt = new int[prompt.length + 1];
      prompt[0] = beginning.getAsInt();
      System.arraycopy(parts.prompt(), 0, prompt, 1, parts.prompt().length);
    }
    int[] response = parts.response();
    int end = tokenizer.endOfSequence();
    if (response.length == 0 || response[response.length - 1] != end) {
      response = Arrays.copyOf(response, response.length + 1);
      response[response.length - 1] = end;
    }
    return new Parts(prompt, response, parts.assistant());
  }
}
