package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * Robust DPO (Chowdhury et al. 2024, eq. 7): the unbiased loss where a share of labels is wrong.
 */
final class RobustLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray right = Scalars.times(LogSigmoid.of(pairs.logit()), 1 - pairs.smoothing());
    NDArray wrong = Scalars.times(LogSigmoid.of(pairs.logit().neg()), pairs.smoothing());
    return Scalars.times(wrong.sub(right), 1 / (1 - 2 * pairs.smoothing()));
  }
}
