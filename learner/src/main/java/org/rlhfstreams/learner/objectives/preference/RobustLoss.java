package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;

/**
 * Robust DPO (Chowdhury et al. 2024, eq. 7): the unbiased loss where a share of labels is wrong.
 */
final class RobustLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray right = LogSigmoid.of(pairs.logit()).mul(1 - pairs.smoothing());
    NDArray wrong = LogSigmoid.of(pairs.logit().neg()).mul(pairs.smoothing());
    return wrong.sub(right).div(1 - 2 * pairs.smoothing());
  }
}
