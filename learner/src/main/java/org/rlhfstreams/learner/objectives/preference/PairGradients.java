package org.rlhfstreams.learner.objectives.preference;

/**
 * Gradients of a loss on pairs; all arrays are [pairs].
 *
 * @param policyChosen by {@link PairSums#policyChosen}
 * @param policyRejected by {@link PairSums#policyRejected}
 * @param policyPrompt by {@link PairSums#policyPrompt}; zeros if the objective does not learn
 *     prompts
 */
public record PairGradients(
    double[] policyChosen, double[] policyRejected, double[] policyPrompt) {}
