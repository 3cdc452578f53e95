package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * Anchored preference optimisation, zero (D'Oosterlinck et al. 2024, eq. 7): chosen up, rejected
 * down.
 */
final class AnchoredLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray chosen = LogSigmoid.of(Scalars.times(pairs.chosenRatio(), pairs.beta())).exp();
    NDArray rejected = LogSigmoid.of(Scalars.times(pairs.rejectedRatio(), pairs.beta())).exp();
    return rejected.sub(chosen).add(1);
  }
}
