package org.rlhfstreams.model.generation;

import java.util.List;

/**
 * A finished response.
 *
 * @param tokenIds response tokens, the end-of-sequence token included where one was drawn
 * @param logProbabilities one a token, natural logarithms under the distribution that the token was
 *     drawn from (temperature, top-k and top-p applied; greedy: temperature 1)
 * @param segments which weights drew which tokens, in order, without gaps
 * @param stopped true where an end-of-sequence token was drawn, false where the length ran out
 */
public record Generation(
    GenerationRequest request,
    int[] tokenIds,
    float[] logProbabilities,
    List<Segment> segments,
    boolean stopped) {

  /**
   * Tokens that one version of the weights drew.
   *
   * @param version the caller's label of the weights
   * @param firstToken index into the response
   * @param tokens how many, at least 1
   */
  public record Segment(long version, int firstToken, int tokens) {}
}
