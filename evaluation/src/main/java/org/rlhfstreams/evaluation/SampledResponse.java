package org.rlhfstreams.evaluation;

import org.rlhfstreams.model.training.TokenRow;

/**
 * A response that a model wrote.
 *
 * @param promptTokenIds what it answers, [prompt tokens]
 * @param tokenIds what was drawn, at least one, [response tokens]
 * @param logProbabilities of the model at the temperature that the tokens were drawn at, before
 *     top-k and the like, [response tokens]
 * @param promptText the prompt for people
 * @param text without special tokens
 */
record SampledResponse(
    int[] promptTokenIds,
    int[] tokenIds,
    float[] logProbabilities,
    String promptText,
    String text) {
  /** Prompt and response in one row. */
  TokenRow row() {
    return TokenRow.of(promptTokenIds, tokenIds);
  }
}
