package org.rlhfstreams.learner.objectives.preference;

/**
 * Gradients of a loss on labelled responses.
 *
 * @param policy by {@link LabelledSums#policy}, [responses]
 */
public record LabelledGradients(double[] policy) {}
