package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * What a loss on pairs is made of; all arrays [pairs]. In the papers' letters, with pi the policy
 * and r the reference: s = log pi(y|x) - log r(y|x).
 *
 * @param chosen log pi of the chosen responses
 * @param rejected log pi of the rejected ones
 * @param chosenRatio s of the chosen ones
 * @param rejectedRatio s of the rejected ones
 * @param chosenTokens tokens of the chosen ones
 * @param rejectedTokens tokens of the rejected ones
 * @param beta how strongly the reference holds the policy
 * @param smoothing share of pairs that are held to be labelled the wrong way round
 */
record PairTerms(
    NDArray chosen,
    NDArray rejected,
    NDArray chosenRatio,
    NDArray rejectedRatio,
    NDArray chosenTokens,
    NDArray rejectedTokens,
    double beta,
    double smoothing) {

  /** beta (s_chosen - s_rejected): the logit of chosen being better. */
  NDArray logit() {
    return Scalars.times(chosenRatio.sub(rejectedRatio), beta);
  }
}
