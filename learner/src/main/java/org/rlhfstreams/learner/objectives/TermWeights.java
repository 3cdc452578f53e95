package org.rlhfstreams.learner.objectives;

import java.util.Arrays;
import org.rlhfstreams.service.configuration.LossMean;

/** The rule by which tokens of responses count in the mean of a mini-batch. */
public final class TermWeights {
  private TermWeights() {}

  /**
   * Weights of all tokens, rows one after the other.
   *
   * @param tokens of the responses, [rows]
   * @param longest tokens that a response may have
   */
  public static double[] of(LossMean mean, int[] tokens, int longest) {
    int all = Arrays.stream(tokens).sum();
    double[] weights = new double[all];
    int at = 0;
    for (int length : tokens) {
      double weight =
          switch (mean) {
            case RESPONSE -> 1.0 / ((double) tokens.length * length);
            case TOKENS -> 1.0 / all;
            case LENGTH -> 1.0 / ((double) tokens.length * longest);
          };
      Arrays.fill(weights, at, at + length, weight);
      at += length;
    }
    return weights;
  }
}
