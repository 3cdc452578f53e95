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
    return of(mean, tokens, tokens.length, longest);
  }

  /**
   * Weights of the tokens that count, rows one after the other.
   *
   * @param tokens of the responses that count, [rows]
   * @param responses of the mini-batch, also those that do not count
   * @param longest tokens that a response may have
   */
  public static double[] of(LossMean mean, int[] tokens, int responses, int longest) {
    int all = Arrays.stream(tokens).sum();
    double[] weights = new double[all];
    int at = 0;
    for (int length : tokens) {
      double weight =
          switch (mean) {
            case RESPONSE -> 1.0 / ((double) responses * length);
            case TOKENS -> 1.0 / all;
            case LENGTH -> 1.0 / ((double) responses * longest);
            case SUM -> 1.0 / responses;
          };
      Arrays.fill(weights, at, at + length, weight);
      at += length;
    }
    return weights;
  }
}
