package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;

/** Imitation of the chosen responses: -log pi a token, over all chosen tokens of the batch. */
final class SupervisedLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray tokens = pairs.chosenTokens().mean();
    return pairs.policyChosen().div(tokens).neg();
  }
}
