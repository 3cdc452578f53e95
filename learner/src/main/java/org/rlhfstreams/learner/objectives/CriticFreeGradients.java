package org.rlhfstreams.learner.objectives;

/**
 * Gradients of {@link CriticFreeObjective}'s loss.
 *
 * @param logProbabilities by {@link CriticFreeTerms#logProbabilities}, [terms]
 * @param entropies by {@link CriticFreeTerms#entropies}, [tokens]
 */
public record CriticFreeGradients(double[] logProbabilities, double[] entropies) {}
