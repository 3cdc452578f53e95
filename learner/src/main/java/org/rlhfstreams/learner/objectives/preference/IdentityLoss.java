package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;

/** Identity preference optimisation (Azar et al. 2024, eq. 17), with means over tokens for s. */
final class IdentityLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray chosen = pairs.chosenRatio().div(pairs.chosenTokens());
    NDArray rejected = pairs.rejectedRatio().div(pairs.rejectedTokens());
    return chosen.sub(rejected).sub(1 / (2 * pairs.beta())).square();
  }
}
