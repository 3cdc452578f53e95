package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;

/** One member of the family of direct losses; {@link PreferenceLosses} registers them by name. */
interface PreferenceLoss {
  /** The loss of each pair, [pairs]; the batch's loss is their mean. */
  NDArray of(PairTerms pairs);
}
