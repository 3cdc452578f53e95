package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * Anchored preference optimisation, down (D'Oosterlinck et al. 2024, eq. 8): chosen down, rejected
 * further down; for pairs whose chosen response is worse than what the policy writes.
 */
final class AnchoredDownLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray chosen = LogSigmoid.of(Scalars.times(pairs.chosenRatio(), pairs.beta())).exp();
    NDArray better = LogSigmoid.of(pairs.logit()).exp();
    return chosen.sub(better).add(1);
  }
}
