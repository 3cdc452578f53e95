package org.rlhfstreams.model.training;

import java.util.Arrays;

/**
 * Which heads a pass reads.
 *
 * @param entropies whether the token head gives entropies beside log-probabilities
 * @param entropyGradients whether a loss on the entropies may follow
 * @param temperatures [rows], used by the token head alone
 */
record PassHeads(
    boolean tokens,
    boolean entropies,
    boolean entropyGradients,
    boolean scalar,
    double[] temperatures) {
  private static final long LOGITS = 1;
  private static final long DIFFERENCES = 2;

  PassHeads {
    if (tokens && !Arrays.stream(temperatures).allMatch(temperature -> temperature > 0)) {
      throw new IllegalArgumentException(
          "temperatures must be above 0, not " + Arrays.toString(temperatures));
    }
  }

  /** What token_statistics keeps for the way back; gradients of entropies need all of a logit. */
  long kept() {
    return entropyGradients ? LOGITS : DIFFERENCES;
  }

  /** Whether what is kept are gradients on the logits but for a factor of each row. */
  boolean keepsDifferences() {
    return kept() == DIFFERENCES;
  }
}
