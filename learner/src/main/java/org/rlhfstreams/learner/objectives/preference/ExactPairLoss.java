package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;

/**
 * Exact optimisation (Ji et al. 2024, eq. 16): the reverse KL between the policy's preference and
 * the labels, smoothed.
 */
final class ExactPairLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    NDArray right = LogSigmoid.of(pairs.logit());
    NDArray wrong = LogSigmoid.of(pairs.logit().neg());
    NDArray agreeing = right.exp().mul(right.sub(Math.log(1 - pairs.smoothing())));
    NDArray opposing = wrong.exp().mul(wrong.sub(Math.log(pairs.smoothing())));
    return agreeing.add(opposing);
  }
}
