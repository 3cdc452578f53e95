package org.rlhfstreams.learner.objectives.preference;

/**
 * Log-probabilities of a batch of labelled responses, all arrays [responses], each entry summed
 * over the tokens of one response.
 *
 * @param policy under the policy that is trained
 * @param reference under the reference
 * @param desirable 1 if the response is desirable, else 0
 * @param weights of the responses in the loss, 1 by default
 * @param mismatchedRatios policy minus reference of the same responses to other prompts of the
 *     batch, from which the distance to the reference is estimated
 * @param <A> {@code double[]}, or {@code NDArray} inside the formula
 */
public record LabelledSums<A>(A policy, A reference, A desirable, A weights, A mismatchedRatios) {}
