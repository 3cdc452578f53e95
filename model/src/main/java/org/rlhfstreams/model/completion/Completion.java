package org.rlhfstreams.model.completion;

import org.rlhfstreams.model.generation.Generation;

/**
 * A finished completion.
 *
 * @param text without a stop string, and without special tokens
 * @param generation what was drawn, all of it: the tokens of a stop string too
 */
public record Completion(
    CompletionRequest request, String text, CompletionEnd end, Generation generation) {
  /** The prompt's tokens. */
  public int[] promptTokenIds() {
    return generation.request().promptTokenIds();
  }

  /** All tokens drawn. */
  public int[] tokenIds() {
    return generation.tokenIds();
  }

  /** One a token, natural logarithms under the distribution that the token was drawn from. */
  public float[] logProbabilities() {
    return generation.logProbabilities();
  }

  /** One a token, natural logarithms under the model itself, at temperature 1. */
  public float[] modelLogProbabilities() {
    return generation.modelLogProbabilities();
  }

  /**
   * One a token, under the model at the temperature that it was drawn at, with no other setting.
   */
  public float[] wholeLogProbabilities() {
    return generation.wholeLogProbabilities();
  }
}
