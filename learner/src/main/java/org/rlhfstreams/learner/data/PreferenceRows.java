package org.rlhfstreams.learner.data;

import java.util.Arrays;
import java.util.List;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.training.TokenRow;

/**
 * Turns preferences into rows of tokens. Prompt and response are tokenised apart and joined as ids,
 * the response ends with the end of sequence, and what exceeds the length is cut off the end.
 */
public final class PreferenceRows {
  private final Tokenizer tokenizer;
  private final int endOfSequence;
  private final int maxLength;

  /**
   * @param maxLength tokens of a row, at most
   */
  public PreferenceRows(Tokenizer tokenizer, int maxLength) {
    this.tokenizer = tokenizer;
    this.endOfSequence = tokenizer.endOfSequence();
    this.maxLength = maxLength;
  }

  /**
   * The chosen response, to imitate.
   *
   * @throws UnusableException where no response token is left to learn
   */
  public Demonstration demonstration(Preference preference) throws UnusableException {
    return new Demonstration(
        preference.getPreferenceId(), row(prompt(preference), preference.getChosen()));
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
    int[] prompt = prompt(preference);
    return new PreferencePair(
        preference.getPreferenceId(),
        row(prompt, preference.getChosen()),
        row(prompt, preference.getRejected()),
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
    int[] prompt = prompt(preference);
    if (prompt.length == 0) {
      throw new UnusableException("it has no prompt: a labelled response answers one");
    }
    if (preference.getRejected() != null) {
      return List.of(
          labelled(id + "/chosen", prompt, preference.getChosen(), true, preference),
          labelled(id + "/rejected", prompt, preference.getRejected(), false, preference));
    }
    if (preference.getLabel() == null) {
      throw new UnusableException("it has neither a label nor a rejected response");
    }
    return List.of(labelled(id, prompt, preference.getChosen(), preference.getLabel(), preference));
  }

  private LabelledResponse labelled(
      String id, int[] prompt, String response, boolean desirable, Preference preference)
      throws UnusableException {
    return new LabelledResponse(id, row(prompt, response), desirable, preference.getWeight());
  }

  private int[] prompt(Preference preference) throws UnusableException {
    if (!preference.getMessages().isEmpty()) {
      throw new UnusableException(
          "its prompt is a conversation: render it with the model's chat template first");
    }
    return preference.getPrompt().isEmpty()
        ? new int[0]
        : tokenizer.encodePrompt(preference.getPrompt());
  }

  private TokenRow row(int[] prompt, String response) throws UnusableException {
    int[] responseIds = tokenizer.encode(response);
    int[] all = Arrays.copyOf(prompt, prompt.length + responseIds.length + 1);
    System.arraycopy(responseIds, 0, all, prompt.length, responseIds.length);
    all[all.length - 1] = endOfSequence;
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
