package org.rlhfstreams.model.training;

import java.util.Arrays;
import org.rlhfstreams.model.decoder.KeptLogits;

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
  PassHeads {
    if (tokens && !Arrays.stream(temperatures).allMatch(temperature -> temperature > 0)) {
      throw new IllegalArgumentException(
          "temperatures must be above 0, not " + Arrays.toString(temperatures));
    }
  }

  /** What token_statistics keeps for the way back; gradients of entropies need all of a logit. */
  KeptLogits kept() {
    return entropyGradients ? KeptLogits.LOGITS : KeptLogits.DIFFERENCES;
  }
}
