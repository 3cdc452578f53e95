package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;

/** Sequence likelihood calibration (Zhao et al. 2023, eq. 8) on DPO's logit: max(0, 1 - logit). */
final class HingeLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    return pairs.logit().neg().add(1).maximum(0);
  }
}
