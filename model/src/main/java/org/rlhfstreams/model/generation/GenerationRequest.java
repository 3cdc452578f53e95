package org.rlhfstreams.model.generation;

import java.util.Locale;

/**
 * One response to sample.
 *
 * @param id the caller's name for it
 * @param promptTokenIds at least one token; requests next to each other with equal prompts share
 *     the work of reading them
 * @param listener hears each token, and may end the response
 */
public record GenerationRequest(
    String id, int[] promptTokenIds, Sampling sampling, TokenListener listener) {
  /** A request that nobody listens to. */
  public GenerationRequest(String id, int[] promptTokenIds, Sampling sampling) {
    this(id, promptTokenIds, sampling, TokenListener.NONE);
  }

  /**
   * Refuses what cannot be answered.
   *
   * @param maxTokens of prompt and response together
   * @param vocabulary tokens that there are
   * @throws IllegalArgumentException if the prompt is empty, leaves no room, or holds a token that
   *     there is not
   */
  public void requireAnswerable(int maxTokens, int vocabulary) {
    if (promptTokenIds.length == 0) {
      throw new IllegalArgumentException("request " + id + " has an empty prompt");
    }
    if (promptTokenIds.length >= maxTokens) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "request %s has %d prompt tokens, which leave no room in a window of %d",
              id,
              promptTokenIds.length,
              maxTokens));
    }
    for (int token : promptTokenIds) {
      if (token < 0 || token >= vocabulary) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "request %s has token %d, outside the vocabulary of %d",
                id,
                token,
                vocabulary));
      }
    }
  }
}
