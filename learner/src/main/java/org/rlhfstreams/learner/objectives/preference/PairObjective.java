package org.rlhfstreams.learner.objectives.preference;

import org.rlhfstreams.learner.objectives.ObjectiveResult;

/** A loss on pairs of responses. */
public interface PairObjective {
  /** Whether it measures by how much the policy has moved from a reference. */
  boolean needsReference();

  /** Whether it also imitates the prompts of the chosen responses. */
  boolean learnsPrompts();

  /**
   * Evaluates a batch.
   *
   * @return gradients by {@code chosen}, by {@code rejected}, and where prompts are learned by
   *     {@code chosenPrompt}
   */
  ObjectiveResult evaluate(PairSums sums);
}
