package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;

/** Direct preference optimisation (Rafailov et al. 2023, eq. 7): -log sigmoid(logit). */
final class SigmoidLoss implements PreferenceLoss {
  @Override
  public NDArray of(PairTerms pairs) {
    return LogSigmoid.of(pairs.logit()).neg();
  }
}
