package org.rlhfstreams.learner.training;

/** From a batch of rollouts to the advantages of their tokens. */
@FunctionalInterface
public interface BatchAdvantages {
  /** Advantages of the tokens, [rows][tokens]. */
  double[][] of(RolloutBatch batch);
}
