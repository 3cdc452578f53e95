package org.rlhfstreams.learner.objectives;

/**
 * The terms of a mini-batch without a value model: response tokens, rows one after the other, or
 * whole responses; all arrays are [terms].
 *
 * @param logProbabilities of the policy that is trained
 * @param oldLogProbabilities of the policy around which the ratio is clipped
 * @param behaviorLogProbabilities of the policy that sampled
 * @param referenceLogProbabilities of the reference
 * @param advantages already normalised where that is wanted
 * @param weights of the terms in the mean
 */
public record CriticFreeTerms(
    double[] logProbabilities,
    double[] oldLogProbabilities,
    double[] behaviorLogProbabilities,
    double[] referenceLogProbabilities,
    double[] advantages,
    double[] weights) {}
