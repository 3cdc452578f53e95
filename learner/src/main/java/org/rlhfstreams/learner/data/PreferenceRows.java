package org.rlhfstreams.learner.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.training.TokenRow;

/**
 * Turns preferences into rows of tokens. Prompt and response are tokenised apart and joined as ids,
 * and what exceeds the length is cut off the end.
 */
public final class PreferenceRows {
  private final ResponseEncoding encoding;
  private final int maxLength;

  /**
   * @param template of the model's conversations, where it has one
   * @param maxLength tokens of a row, at most
   */
  public PreferenceRows(Tokenizer tokenizer, Optional<ChatTemplate> template, int maxLength) {
    this.encoding = new ResponseEncoding(tokenizer, template);
    this.maxLength = maxLength;
  }

  /**
   * The chosen response, to imitate.
   *
   * @throws UnusableException where no response token is left to learn
   */
  public Demonstration demonstration(Preference preference) throws UnusableException {
    return new Demonstration(
        preference.getPreferenceId(),
        row(encoding.prompt(preference), preference, preference.getChosen()));
  }

  /**
   * Both responses.
   *
   * @throws UnusableException where it is no pair, or no response token is left to learn
   */
  public PreferencePair pair(Preference preference) throws UnusableException {
    if (preference.getRejected() == null) {
      throw new UnusableException("it has no rejected response: it is not a pair");
    }
    int[] prompt = encoding.prompt(preference);
    return new PreferencePair(
        preference.getPreferenceId(),
        row(prompt, preference, preference.getChosen()),
        row(prompt, preference, preference.getRejected()),
        preference.getMargin() == null ? 0 : preference.getMargin(),
        preference.getWeight());
  }

  /**
   * Labelled responses: one, or the two of a pair.
   *
   * @throws UnusableException where there is no label, or no response token is left to learn
   */
  public List<LabelledResponse> labelled(Preference preference) throws UnusableException {
    String id = preference.getPreferenceId();
    int[] prompt = encoding.prompt(preference);
    if (prompt.length == 0) {
      throw new UnusableException("it has no prompt: a labelled response answers one");
    }
    if (preference.getRejected() != null) {
      return List.of(
          labelled(id + LabelledResponse.CHOSEN, prompt, preference.getChosen(), true, preference),
          labelled(
              id + LabelledResponse.REJECTED, prompt, preference.getRejected(), false, preference));
    }
    if (preference.getLabel() == null) {
      throw new UnusableException("it has neither a label nor a rejected response");
    }
    return List.of(labelled(id, prompt, preference.getChosen(), preference.getLabel(), preference));
  }

  private LabelledResponse labelled(
      String id, int[] prompt, String response, boolean desirable, Preference preference)
      throws UnusableException {
    return new LabelledResponse(
        id, row(prompt, preference, response), desirable, preference.getWeight());
  }

  private TokenRow row(int[] prompt, Preference preference, String response)
      throws UnusableException {
    int[] responseIds = encoding.response(preference, response);
    int[] all = Arrays.copyOf(prompt, prompt.length + responseIds.length);
    System.arraycopy(responseIds, 0, all, prompt.length, responseIds.length);
    int length = Math.min(all.length, maxLength);
    // Nothing predicts a sequence's first token, so without a prompt it is not learned.
    int responseStart = Math.max(1, prompt.length);
    if (responseStart >= length) {
      throw new UnusableException(
          "its prompt of %d tokens leaves no response token in a length of %d: raise learner.max-length or shorten it"
              .formatted(prompt.length, maxLength));
    }
    return new TokenRow(Arrays.copyOf(all, length), responseStart);
  }
}
