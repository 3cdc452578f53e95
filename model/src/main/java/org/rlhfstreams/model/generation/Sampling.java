package org.rlhfstreams.model.generation;

/**
 * How tokens are drawn.
 *
 * @param temperature what logits are divided by; 0 takes the most likely token
 * @param topK only the k most likely tokens; 0 keeps all
 * @param topP only the most likely tokens that together reach this probability, in (0, 1]; 1 keeps
 *     all
 * @param maxNewTokens response tokens at most, at least 1
 * @param seed of the random draws; one seed gives one response, whatever runs beside it
 */
public record Sampling(double temperature, int topK, double topP, int maxNewTokens, long seed) {
  public Sampling {
    if (!(temperature >= 0) || topK < 0 || !(topP > 0) || topP > 1 || maxNewTokens < 1) {
      throw new IllegalArgumentException(
          ("sampling needs temperature >= 0, top-k >= 0, top-p in (0, 1], max new tokens >= 1;"
                  + " got %s, %d, %s, %d")
              .formatted(temperature, topK, topP, maxNewTokens));
    }
  }
}
