package org.rlhfstreams.service.configuration;

import java.util.OptionalDouble;

/** What is configured of every objective on rollouts that clips probability ratios. */
public interface RolloutObjectiveConfiguration {
  /** Passes over one batch. */
  int epochs();

  /** Optimizer steps in one pass over a batch. */
  int miniBatches();

  /** Estimate of the KL to the reference in the rewards. */
  KlEstimator klEstimator();

  /** Bound on the magnitude of scores. */
  OptionalDouble rewardClip();

  /** Taken off the score of a response without an end. */
  OptionalDouble missingEosPenalty();

  /** Bound on the loss of terms with a negative advantage, in advantages. */
  OptionalDouble dualClip();

  /** Whether ratios are clipped around the learner's own policy. */
  boolean decoupled();

  /** Terms whose decoupled weight is larger are left out. */
  double decoupledWeightCap();
}
