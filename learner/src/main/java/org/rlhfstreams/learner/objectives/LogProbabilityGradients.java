package org.rlhfstreams.learner.objectives;

/**
 * Gradients of a loss on log-probabilities alone.
 *
 * @param logProbabilities [terms]
 */
public record LogProbabilityGradients(double[] logProbabilities) {}
