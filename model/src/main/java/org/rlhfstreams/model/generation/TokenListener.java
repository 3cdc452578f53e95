package org.rlhfstreams.model.generation;

/** Hears of each token of one response as it is drawn, on the thread that generates. */
@FunctionalInterface
public interface TokenListener {
  /** Lets a response run to its end. */
  TokenListener NONE = (tokenId, logProbability, modelLogProbability) -> false;

  /**
   * Hears of one token.
   *
   * @param logProbability natural logarithm, under the distribution that it was drawn from
   * @param modelLogProbability natural logarithm, under the model at temperature 1
   * @return whether the response ends with this token
   */
  boolean drawn(int tokenId, float logProbability, float modelLogProbability);
}
