package org.rlhfstreams.learner.objectives.preference;

/**
 * Log-probabilities of a batch of labelled responses, all arrays [responses], each entry summed
 * over the tokens of one response.
 *
 * @param policy under the policy that is trained
 * @param reference under the reference
 * @param desirable 1 where the response is desirable, 0 where it is not
 * @param weights of the responses in the loss, 1 by default
 * @param mismatchedRatios policy minus reference of the same responses to other prompts of the
 *     batch, from which the distance to the reference is estimated
 */
public record LabelledSums(
    double[] policy,
    double[] reference,
    double[] desirable,
    double[] weights,
    double[] mismatchedRatios) {}
