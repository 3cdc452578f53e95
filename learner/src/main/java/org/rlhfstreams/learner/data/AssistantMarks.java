package org.rlhfstreams.learner.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.text.ChatMessage;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.MarkedTokens;
import org.rlhfstreams.model.text.Tokenizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the template that marks what the assistant says, and says what it will not teach. */
public final class AssistantMarks {
  private static final Logger LOG = LoggerFactory.getLogger(AssistantMarks.class);
  private static final List<ChatMessage> TURNS =
      List.of(
          ChatMessage.of("user", "dummy"),
          ChatMessage.of("assistant", "dummy"),
          ChatMessage.of("user", "dummy"));

  private AssistantMarks() {}

  /**
   * The template to train with.
   *
   * @param own the model's
   * @throws ModelException if there is none that marks the assistant's words
   */
  public static ChatTemplate of(Optional<ChatTemplate> own, Tokenizer tokenizer) {
    ChatTemplate template =
        own.orElseThrow(
            () ->
                new ModelException(
                    "learner.assistant-only-loss needs a chat template, and the model has none:"
                        + " give it one (chat_template.jinja), or leave the setting out"));
    template.requireMarks();
    if (!teachesTheEnd(template, tokenizer)) {
      LOG.warn(
          "{} does not mark the end of the assistant's turn: the model may not learn to stop. Put"
              + " {% endgeneration %} behind the token that ends the turn.",
          template.file());
    }
    return template;
  }

  /** Whether the last marked token that is no space is one that was added to the vocabulary. */
  static boolean teachesTheEnd(ChatTemplate template, Tokenizer tokenizer) {
    MarkedTokens tokens;
    try {
      tokens = tokenizer.encode(template.renderMarked(TURNS, List.of(), Map.of()));
    } catch (ModelException e) {
      return false;
    }
    for (int i = tokens.ids().length - 1; i >= 0; i--) {
      int id = tokens.ids()[i];
      if (tokens.assistant()[i] && !tokenizer.decode(new int[] {id}, false).isBlank()) {
        return tokenizer.isAdded(id);
      }
    }
    return false;
  }
}
