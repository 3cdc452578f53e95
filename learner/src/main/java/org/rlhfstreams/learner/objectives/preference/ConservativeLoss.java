package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/** Conservative DPO (Mitchell 2023): a share of the labels is the wrong way round. */
final class ConservativeLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray right = Scalars.times(LogSigmoid.of(pairs.logit()), 1 - pairs.smoothing());
    NDArray wrong = Scalars.times(LogSigmoid.of(pairs.logit().neg()), pairs.smoothing());
    return right.add(wrong).neg();
  }
}
