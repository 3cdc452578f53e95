package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;

/** Conservative DPO (Mitchell 2023): a share of the labels is the wrong way round. */
final class ConservativeLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray right = LogSigmoid.of(pairs.logit()).mul(1 - pairs.smoothing());
    NDArray wrong = LogSigmoid.of(pairs.logit().neg()).mul(pairs.smoothing());
    return right.add(wrong).neg();
  }
}
