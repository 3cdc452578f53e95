package org.rlhfstreams.model.completion;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;

/** The rule by which prompts become a model's tokens. Safe for many threads. */
public final class PromptEncoding {
  private final Path directory;
  private final TransformerConfiguration configuration;
  private final Tokenizer tokenizer;
  private Optional<ChatTemplate> chatTemplate;

  /**
   * @param directory of the model, where its chat template is
   * @param tokenizer not closed here
   */
  public PromptEncoding(
      Path directory, TransformerConfiguration configuration, Tokenizer tokenizer) {
    this.directory = directory;
    this.configuration = configuration;
    this.tokenizer = tokenizer;
  }

  /**
   * The model's chat template, if it has one; looked for when it is first asked for, so that a
   * damaged one stops nobody who only has plain prompts.
   *
   * @throws ModelException where it is damaged
   */
  public synchronized Optional<ChatTemplate> chatTemplate() {
    if (chatTemplate == null) {
      chatTemplate = ChatTemplate.find(directory);
    }
    return chatTemplate;
  }

  /** The tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * A prompt's tokens, at least one, all in the vocabulary, with room for a response.
   *
   * @throws PromptException saying what is wrong with the prompt and what to do
   * @throws ModelException where the model's chat template is damaged
   */
  public int[] encode(CompletionPrompt prompt) {
    int[] tokenIds = tokenIds(prompt);
    if (tokenIds.length == 0) {
      throw new PromptException(
          "the prompt is empty, and this model's tokenizer puts nothing in front: give it at least"
              + " one token to go on with");
    }
    int window = configuration.maxPositions();
    if (tokenIds.length >= window) {
      throw new PromptException(
          String.format(
              Locale.ROOT,
              ("the prompt has %,d tokens, which leave no room for a response in the model's"
                  + " context of %,d: shorten it to %,d or fewer"),
              tokenIds.length,
              window,
              window - 1));
    }
    requireKnown(tokenIds);
    return tokenIds;
  }

  /**
   * Refuses tokens that the model does not have.
   *
   * @throws PromptException naming the first
   */
  public void requireKnown(int[] tokenIds) {
    int vocabulary = configuration.vocabularySize();
    for (int i = 0; i < tokenIds.length; i++) {
      if (tokenIds[i] < 0 || tokenIds[i] >= vocabulary) {
        throw new PromptException(
            String.format(
                Locale.ROOT,
                ("token id %d at index %d is outside the model's vocabulary: give ids from 0 to %d,"
                    + " of this model's tokenizer"),
                tokenIds[i],
                i,
                vocabulary - 1));
      }
    }
  }

  private int[] tokenIds(CompletionPrompt prompt) {
    if (prompt instanceof CompletionPrompt.Text text) {
      return tokenizer.encodePrompt(text.text());
    }
    if (prompt instanceof CompletionPrompt.Conversation conversation) {
      return conversation(conversation);
    }
    return ((CompletionPrompt.Tokens) prompt).tokenIds().clone();
  }

  private int[] conversation(CompletionPrompt.Conversation conversation) {
    if (conversation.messages().isEmpty()) {
      throw new PromptException("the conversation has no messages: give at least one");
    }
    ChatTemplate template =
        chatTemplate()
            .orElseThrow(
                () ->
                    new PromptException(
                        directory.getFileName()
                            + " has no chat template, so it cannot answer messages: give a plain"
                            + " prompt, or put the model's chat_template.jinja into its"
                            + " directory"));
    try {
      String text =
          template.render(
              conversation.messages(), conversation.tools(), true, conversation.variables());
      boolean tools = !conversation.tools().isEmpty();
      if (tools
          && text.equals(
              template.render(
                  conversation.messages(), List.of(), true, conversation.variables()))) {
        throw PromptException.ofTools(
            "the model's chat template ignores tools: leave them out, or use a model that was"
                + " trained to call them");
      }
      return tokenizer.encode(text, false);
    } catch (ModelException e) {
      throw new PromptException(e.getMessage(), e);
    }
  }
}
