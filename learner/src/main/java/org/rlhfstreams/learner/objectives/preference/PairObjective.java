package org.rlhfstreams.learner.objectives.preference;

import org.rlhfstreams.learner.autograd.ObjectiveResult;

/** A loss on pairs of responses. */
public interface PairObjective {
  /** Whether it measures by how much the policy has moved from a reference. */
  boolean needsReference();

  /** Whether it also imitates the prompts of the chosen responses. */
  boolean learnsPrompts();

  /** The loss of a batch and its gradients. */
  ObjectiveResult<PairGradients> evaluate(PairSums<double[]> sums);
}
