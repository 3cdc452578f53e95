package org.rlhfstreams.model.training;

import java.util.Arrays;

/** Which heads a pass reads; temperatures are [rows], used by the token head alone. */
record PassHeads(boolean tokens, boolean scalar, double[] temperatures) {
  PassHeads {
    if (tokens && !Arrays.stream(temperatures).allMatch(temperature -> temperature > 0)) {
      throw new IllegalArgumentException(
          "temperatures must be above 0, not " + Arrays.toString(temperatures));
    }
  }
}
