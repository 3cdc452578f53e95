package org.rlhfstreams.learner.training;

/**
 * What the models say of rollouts; all arrays are [rows][response tokens].
 *
 * @param logProbabilities of the policy, natural logarithms at the sampling temperature
 * @param entropies of the policy's distributions, in nats
 * @param values of the value model or the value head; rows are null if there is none
 */
public record RolloutOutputs(float[][] logProbabilities, float[][] entropies, float[][] values) {}
