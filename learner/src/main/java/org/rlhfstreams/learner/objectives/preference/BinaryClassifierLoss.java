package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * Binary classifier optimisation on pairs (Jung et al. 2024, eq. 9) without its shift of rewards,
 * as TRL has it: chosen rewards above 0, rejected ones below.
 */
final class BinaryClassifierLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray chosen = LogSigmoid.of(Scalars.times(pairs.chosenRatio(), pairs.beta()));
    NDArray rejected = LogSigmoid.of(Scalars.times(pairs.rejectedRatio(), -pairs.beta()));
    return chosen.add(rejected).neg();
  }
}
