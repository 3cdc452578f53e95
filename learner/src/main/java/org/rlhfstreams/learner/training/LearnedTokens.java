package org.rlhfstreams.learner.training;

import java.util.BitSet;
import java.util.List;
import org.rlhfstreams.learner.data.Demonstration;

/**
 * Which tokens of a batch are imitated.
 *
 * @param indices of those tokens among all response tokens, row after row
 * @param all number of response tokens
 */
record LearnedTokens(int[] indices, int all) {
  static LearnedTokens of(List<Demonstration> batch) {
    BitSet learned = new BitSet();
    int all = 0;
    for (Demonstration demonstration : batch) {
      for (boolean token : demonstration.learned()) {
        learned.set(all++, token);
      }
    }
    return new LearnedTokens(learned.stream().toArray(), all);
  }

  /** Their values among those of all response tokens. */
  double[] pick(double[] values) {
    double[] picked = new double[indices.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = values[indices[i]];
    }
    return picked;
  }

  /** Their values, and 0 for the other response tokens. */
  double[] spread(double[] values) {
    double[] spread = new double[all];
    for (int i = 0; i < values.length; i++) {
      spread[indices[i]] = values[i];
    }
    return spread;
  }
}
