package org.rlhfstreams.learner.data;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.PreferenceTexts.Response;
import org.rlhfstreams.learner.data.ResponseEncoding.Parts;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;

/** Turns preferences into rows of tokens. */
public final class PreferenceRows {
  private final ResponseEncoding encoding;
  private final TextPrefixEncoding ofTexts;
  private final RowJoin join;
  private final boolean assistantOnly;

  /**
   * @param template of the model's conversations, where it has one
   * @param join how long a row may be, and what is left out of a longer one
   */
  public PreferenceRows(Tokenizer tokenizer, Optional<ChatTemplate> template, RowJoin join) {
    this(tokenizer, template, join, false);
  }

  /**
   * @param template of the model's conversations, where it has one
   * @param join how long a row may be, and what is left out of a longer one
   * @param assistantOnly whether demonstrations are imitated where the template marks what the
   *     assistant says, and nowhere else
   */
  public PreferenceRows(
      Tokenizer tokenizer, Optional<ChatTemplate> template, RowJoin join, boolean assistantOnly) {
    PreferenceTexts texts = new PreferenceTexts(template);
    this.encoding = new ResponseEncoding(tokenizer, texts);
    this.ofTexts = new TextPrefixEncoding(tokenizer, texts);
    this.join = join;
    this.assistantOnly = assistantOnly;
  }

  /**
   * The chosen response, to imitate.
   *
   * @throws UnusableException where no response token is left to learn
   */
  public Demonstration demonstration(Preference preference) throws UnusableException {
    if (assistantOnly && !PreferenceTexts.isConversation(preference)) {
      throw new UnusableException(
          "it is a text, and only a conversation tells what the assistant says: give it messages,"
              + " or train without learner.assistant-only-loss");
    }
    Parts parts = encoding.encode(preference, List.of(Response.chosen(preference))).get(0);
    RowJoin.Joined row = joined(parts);
    String id = preference.getPreferenceId();
    return assistantOnly
        ? AssistantTurns.of(id, row, parts.assistant())
        : AssistantTurns.all(id, row);
  }

  /**
   * Both responses.
   *
   * @throws UnusableException where it is no pair, or no response token is left to learn
   */
  public PreferencePair pair(Preference preference) throws UnusableException {
    return pair(preference, encoding::encode);
  }

  /**
   * Both responses as TRL's ORPO reads them, with a beginning and an end of sequence around every
   * row.
   *
   * @throws UnusableException where it is no pair, or no response token is left to learn
   */
  public PreferencePair surroundedPair(Preference preference) throws UnusableException {
    return pair(preference, ofTexts::encode);
  }

  private interface Encoding {
    List<Parts> encode(Preference preference, List<Response> responses) throws UnusableException;
  }

  private PreferencePair pair(Preference preference, Encoding ofPairs) throws UnusableException {
    if (preference.getRejected() == null) {
      throw new UnusableException("it has no rejected response: it is not a pair");
    }
    List<Parts> parts =
        ofPairs.encode(
            preference, List.of(Response.chosen(preference), Response.rejected(preference)));
    RowJoin.Joined chosen = joined(parts.get(0));
    RowJoin.Joined rejected = joined(parts.get(1));
    return new PreferencePair(
        preference.getPreferenceId(),
        chosen.row(),
        rejected.row(),
        preference.getMargin() == null ? 0 : preference.getMargin(),
        preference.getWeight(),
        chosen.truncatedRows() + rejected.truncatedRows());
  }

  /**
   * Labelled responses: one, or the two of a pair.
   *
   * @throws UnusableException where there is no label, or no response token is left to learn
   */
  public List<LabelledResponse> labelled(Preference preference) throws UnusableException {
    String id = preference.getPreferenceId();
    if (preference.getPrompt().isEmpty() && !PreferenceTexts.isConversation(preference)) {
      throw new UnusableException("it has no prompt: a labelled response answers one");
    }
    if (preference.getRejected() != null) {
      return List.of(
          labelled(id + LabelledResponse.CHOSEN, Response.chosen(preference), true, preference),
          labelled(
              id + LabelledResponse.REJECTED, Response.rejected(preference), false, preference));
    }
    if (preference.getLabel() == null) {
      throw new UnusableException("it has neither a label nor a rejected response");
    }
    return List.of(labelled(id, Response.chosen(preference), preference.getLabel(), preference));
  }

  private LabelledResponse labelled(
      String id, Response response, boolean desirable, Preference preference)
      throws UnusableException {
    RowJoin.Joined row = row(preference, response);
    return new LabelledResponse(
        id, row.row(), desirable, preference.getWeight(), row.truncatedRows());
  }

  private RowJoin.Joined row(Preference preference, Response response) throws UnusableException {
    return joined(encoding.encode(preference, List.of(response)).get(0));
  }

  private RowJoin.Joined joined(Parts parts) throws UnusableException {
    return join.join(parts.prompt(), parts.response());
  }
}
