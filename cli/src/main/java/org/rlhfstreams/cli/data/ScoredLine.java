package org.rlhfstreams.cli.data;

import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.datasets.InputRow;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.completion.PromptException;
import org.rlhfstreams.model.training.TokenRow;

/**
 * A line to score: {@code ids}, of which all after the first are scored, or {@code prompt} and
 * {@code response}, of which the response is.
 */
public final class ScoredLine {
  private final InputRow line;

  public ScoredLine(InputRow line) {
    this.line = line;
  }

  /**
   * The line's tokens. Prompt and response are tokenised once each and joined as ids, so that the
   * response's tokens do not depend on how the prompt ends.
   *
   * @throws CommandException naming file and line where it cannot be scored
   */
  public TokenRow row(LanguageModel model) {
    Optional<int[]> tokenIds = line.tokenIds("ids");
    Optional<String> prompt = line.text("prompt");
    Optional<String> response = line.text("response");
    boolean texts = prompt.isPresent() && response.isPresent();
    if (tokenIds.isPresent() == texts || prompt.isPresent() != response.isPresent()) {
      throw line.bad(
          "expected ids (a list of token ids), or prompt and response (strings); it has "
              + line.fieldNames());
    }
    TokenRow row = texts ? ofTexts(model, prompt.get(), response.get()) : ofIds(tokenIds.get());
    try {
      model.prompts().requireKnown(row.tokenIds());
    } catch (PromptException e) {
      throw line.bad(e.getMessage());
    }
    int window = model.configuration().maxPositions();
    if (row.tokenIds().length > window) {
      throw line.bad(
          String.format(
              Locale.ROOT,
              "it has %,d tokens, and the model's context is %,d: shorten it",
              row.tokenIds().length,
              window));
    }
    return row;
  }

  private TokenRow ofIds(int[] tokenIds) {
    if (tokenIds.length < 2) {
      throw line.bad(
          String.format(
              Locale.ROOT,
              "ids has %d tokens: give at least 2, since nothing predicts the first",
              tokenIds.length));
    }
    return new TokenRow(tokenIds, 1);
  }

  private TokenRow ofTexts(LanguageModel model, String prompt, String response) {
    int[] promptIds = model.tokenizer().encodePrompt(prompt);
    int[] responseIds = model.tokenizer().encode(response);
    if (promptIds.length == 0 || responseIds.length == 0) {
      throw line.bad(
          (promptIds.length == 0 ? "prompt" : "response")
              + " is empty: give it at least one token");
    }
    return TokenRow.of(promptIds, responseIds);
  }
}
