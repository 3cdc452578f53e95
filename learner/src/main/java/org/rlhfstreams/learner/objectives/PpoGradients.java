package org.rlhfstreams.learner.objectives;

/**
 * Gradients of {@link PpoObjective}'s loss; all arrays are [tokens].
 *
 * @param logProbabilities by {@link PpoTokens#logProbabilities}
 * @param entropies by {@link PpoTokens#entropies}
 * @param values by {@link PpoTokens#values}
 */
public record PpoGradients(double[] logProbabilities, double[] entropies, double[] values) {}
