package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;

/**
 * Anchored preference optimisation, zero (D'Oosterlinck et al. 2024, eq. 7): chosen up, rejected
 * down.
 */
final class AnchoredLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray chosen = LogSigmoid.of(pairs.chosenRatio().mul(pairs.beta())).exp();
    NDArray rejected = LogSigmoid.of(pairs.rejectedRatio().mul(pairs.beta())).exp();
    return rejected.sub(chosen).add(1);
  }
}
