package org.rlhfstreams.learner.objectives;

/**
 * What the policy's part of a policy gradient reads; all arrays are [terms].
 *
 * @param <A> {@code double[]}, or {@code NDArray} inside a formula
 */
public interface PolicyTerms<A> {
  /** Of the policy that is trained. */
  A logProbabilities();

  /** Of the policy around which the ratio is clipped. */
  A oldLogProbabilities();

  /** Of the policy that sampled. */
  A behaviorLogProbabilities();

  A advantages();
}
