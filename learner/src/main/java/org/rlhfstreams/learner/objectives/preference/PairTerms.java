package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * What a loss on pairs is made of; all arrays [pairs]. In the papers' letters, with pi the policy
 * and r the reference: s = log pi(y|x) - log r(y|x).
 *
 * @param policyChosen log pi of the chosen responses
 * @param chosenRatio s of the chosen responses
 * @param rejectedRatio s of the rejected responses
 * @param chosenTokens tokens of the chosen responses
 * @param rejectedTokens tokens of the rejected responses
 * @param beta how strongly the reference holds the policy
 * @param smoothing share of pairs assumed to be labelled the wrong way round
 */
record PairTerms(
    NDArray policyChosen,
    NDArray chosenRatio,
    NDArray rejectedRatio,
    NDArray chosenTokens,
    NDArray rejectedTokens,
    double beta,
    double smoothing) {

  static PairTerms of(PairSums<NDArray> sums, double beta, double smoothing) {
    return new PairTerms(
        sums.policyChosen(),
        sums.policyChosen().sub(sums.referenceChosen()),
        sums.policyRejected().sub(sums.referenceRejected()),
        sums.chosenTokens(),
        sums.rejectedTokens(),
        beta,
        smoothing);
  }

  /** With a reference that gives every response the same probability: s = log pi(y|x). */
  static PairTerms withoutReference(PairSums<NDArray> sums, double beta, double smoothing) {
    return new PairTerms(
        sums.policyChosen(),
        sums.policyChosen(),
        sums.policyRejected(),
        sums.chosenTokens(),
        sums.rejectedTokens(),
        beta,
        smoothing);
  }

  /** beta (s_chosen - s_rejected): the logit of chosen being better. */
  NDArray logit() {
    return Scalars.times(chosenRatio.sub(rejectedRatio), beta);
  }
}
