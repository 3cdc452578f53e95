package org.rlhfstreams.model.generation;

/**
 * How tokens are drawn. The repetition penalty and the minimum length act on the model's scores,
 * then the temperature, then top-k, top-p and min-p together.
 *
 * @param temperature what logits are divided by; 0 takes the most likely token
 * @param topK only the k most likely tokens; 0 keeps all
 * @param topP only the most likely tokens that together reach this probability, in (0, 1]; 1 keeps
 *     all
 * @param minP only tokens with at least this share of the likeliest one's probability, in [0, 1); 0
 *     keeps all
 * @param repetitionPenalty what the scores of tokens in prompt and response so far are divided by,
 *     or multiplied by where negative; above 0; 1 changes nothing (Keskar et al. 2019, section 4.1)
 * @param minNewTokens no end-of-sequence token before so many tokens, at least 0
 * @param maxNewTokens response tokens at most, at least 1
 * @param seed of the random draws; one seed gives one response, whatever runs beside it
 */
public record Sampling(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    int minNewTokens,
    int maxNewTokens,
    long seed) {
  public Sampling {
    require(temperature >= 0 && temperature < Double.POSITIVE_INFINITY, "temperature", temperature);
    require(topK >= 0, "top-k", topK);
    require(topP > 0 && topP <= 1, "top-p", topP);
    require(minP >= 0 && minP < 1, "min-p", minP);
    require(
        repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
        "repetition penalty",
        repetitionPenalty);
    require(minNewTokens >= 0 && minNewTokens <= maxNewTokens, "min new tokens", minNewTokens);
    require(maxNewTokens >= 1, "max new tokens", maxNewTokens);
  }

  /** Without min-p, repetition penalty and minimum length. */
  public Sampling(double temperature, int topK, double topP, int maxNewTokens, long seed) {
    this(temperature, topK, topP, 0, 1, 0, maxNewTokens, seed);
  }

  private static void require(boolean good, String what, double value) {
    if (!good) {
      throw new IllegalArgumentException(
          "sampling cannot have "
              + what
              + " "
              + value
              + ": it needs temperature >= 0, top-k >= 0, top-p in (0, 1], min-p in [0, 1),"
              + " repetition penalty > 0, 0 <= min new tokens <= max new tokens >= 1");
    }
  }
}
