package org.rlhfstreams.learner.objectives.preference;

/**
 * Log-probabilities of a batch of pairs, all arrays [pairs], each entry summed over the tokens of
 * one response.
 *
 * @param chosen under the policy that is trained
 * @param rejected under the policy that is trained
 * @param chosenPrompt of the chosen row's prompt, where the objective learns prompts; else empty
 * @param referenceChosen under the reference, where the objective has one; else empty
 * @param referenceRejected under the reference, where the objective has one; else empty
 * @param chosenTokens of each chosen response
 * @param rejectedTokens of each rejected response
 * @param chosenPromptTokens that {@code chosenPrompt} sums over, where it is not empty
 * @param weights of the pairs in the loss, 1 by default
 */
public record PairSums(
    double[] chosen,
    double[] rejected,
    double[] chosenPrompt,
    double[] referenceChosen,
    double[] referenceRejected,
    double[] chosenTokens,
    double[] rejectedTokens,
    double[] chosenPromptTokens,
    double[] weights) {}
