package org.rlhfstreams.model.generation;

import java.util.List;

/**
 * A finished response.
 *
 * @param tokenIds response tokens, the end-of-sequence token included where one was drawn
 * @param logProbabilities one a token, natural logarithms under the distribution that the token was
 *     drawn from (all settings applied; greedy: temperature 1)
 * @param modelLogProbabilities one a token, natural logarithms under the model itself, at
 *     temperature 1 and with no setting applied
 * @param wholeLogProbabilities one a token, natural logarithms under the model at the temperature
 *     that the token was drawn at, with no other setting applied: what training compares with
 *     (greedy: temperature 1)
 * @param segments which weights drew which tokens, in order, without gaps
 */
public record Generation(
    GenerationRequest request,
    int[] tokenIds,
    float[] logProbabilities,
    float[] modelLogProbabilities,
    float[] wholeLogProbabilities,
    List<Segment> segments,
    FinishReason finishReason) {

  /** Whether it ended before its length ran out. */
  public boolean stopped() {
    return finishReason != FinishReason.LENGTH;
  }

  /**
   * Tokens that one version of the weights drew.
   *
   * @param version the caller's label of the weights
   * @param firstToken index into the response
   * @param tokens how many, at least 1
   */
  public record Segment(long version, int firstToken, int tokens) {}
}
