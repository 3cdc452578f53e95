package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/** Sequence likelihood calibration (Zhao et al. 2023, eq. 8) on DPO's logit: max(0, 1 - logit). */
final class HingeLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    return Scalars.atLeast(pairs.logit().neg().add(1), 0);
  }
}
