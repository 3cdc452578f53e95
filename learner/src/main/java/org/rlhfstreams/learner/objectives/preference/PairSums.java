package org.rlhfstreams.learner.objectives.preference;

/**
 * Log-probabilities of a batch of pairs, all arrays [pairs], each entry summed over the tokens of
 * one response.
 *
 * @param policyChosen of the chosen responses under the policy that is trained
 * @param policyRejected of the rejected responses under the policy that is trained
 * @param policyPrompt of the chosen rows' prompts under the policy that is trained; 0 if the
 *     objective does not learn prompts
 * @param referenceChosen of the chosen responses under the reference; empty if the objective needs
 *     none
 * @param referenceRejected of the rejected responses under the reference; empty if the objective
 *     needs none
 * @param chosenTokens of each chosen response
 * @param rejectedTokens of each rejected response
 * @param promptTokens that {@code policyPrompt} sums over
 * @param weights of the pairs in the loss, 1 by default
 * @param <A> {@code double[]}, or {@code NDArray} inside a formula
 */
public record PairSums<A>(
    A policyChosen,
    A policyRejected,
    A policyPrompt,
    A referenceChosen,
    A referenceRejected,
    A chosenTokens,
    A rejectedTokens,
    A promptTokens,
    A weights) {}
