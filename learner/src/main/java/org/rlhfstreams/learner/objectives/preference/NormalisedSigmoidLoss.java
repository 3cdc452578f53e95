package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/** DPO with means over tokens for s (Meng et al. 2024, section 2.2, with a reference). */
final class NormalisedSigmoidLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray chosen = pairs.chosenRatio().div(pairs.chosenTokens());
    NDArray rejected = pairs.rejectedRatio().div(pairs.rejectedTokens());
    return LogSigmoid.of(Scalars.times(chosen.sub(rejected), pairs.beta())).neg();
  }
}
