package org.rlhfstreams.model.training;

/** Which heads a pass reads. */
record PassHeads(boolean tokens, boolean scalar, double temperature) {
  PassHeads {
    if (tokens && !(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be above 0, not " + temperature);
    }
  }
}
