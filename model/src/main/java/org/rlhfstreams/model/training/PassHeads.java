package org.rlhfstreams.model.training;

import java.util.Arrays;

/**
 * Which heads a pass reads.
 *
 * @param entropies whether the token head gives entropies beside log-probabilities
 * @param temperatures [rows], used by the token head alone
 */
record PassHeads(boolean tokens, boolean entropies, boolean scalar, double[] temperatures) {
  PassHeads {
    if (tokens && !Arrays.stream(temperatures).allMatch(temperature -> temperature > 0)) {
      throw new IllegalArgumentException(
          "temperatures must be above 0, not " + Arrays.toString(temperatures));
    }
  }
}
