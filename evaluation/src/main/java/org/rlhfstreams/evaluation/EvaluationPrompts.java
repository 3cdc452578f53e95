package org.rlhfstreams.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.datasets.InputRows;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.completion.PromptException;

/** The prompts of a file: rows with prompt, messages or ids, or plain text with a prompt a line. */
final class EvaluationPrompts {
  private static final int SHOWN = 5;

  private EvaluationPrompts() {}

  /**
   * Reads all.
   *
   * @param chat whether a prompt is a user's message
   * @return at least one
   * @throws ExplainedException naming file and line of what is no prompt, or that there is none
   */
  static List<EvaluationPrompt> read(Path file, boolean chat) {
    List<EvaluationPrompt> prompts = new ArrayList<>();
    new InputRows(file)
        .forEach(
            line ->
                prompts.add(
                    new EvaluationPrompt(
                        line.place().source(), new CompletionLine(line, chat).prompt())));
    return prompts;
  }

  /**
   * All prompts as a model's tokens.
   *
   * @throws ExplainedException naming the first prompts that cannot be continued, and why
   */
  static List<int[]> encode(List<EvaluationPrompt> prompts, LanguageModel model) {
    List<int[]> encoded = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (EvaluationPrompt prompt : prompts) {
      try {
        encoded.add(model.prompts().encode(prompt.prompt()));
      } catch (PromptException e) {
        refused.add(prompt.source() + ": " + e.getMessage());
      }
    }
    if (!refused.isEmpty()) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "%,d of %,d prompts cannot be continued:%n  %s",
              refused.size(),
              prompts.size(),
              String.join(
                  System.lineSeparator() + "  ",
                  refused.subList(0, Math.min(SHOWN, refused.size())))));
    }
    return encoded;
  }
}
