package org.rlhfstreams.learner.objectives;

/**
 * The response tokens of a mini-batch, rows one after the other; all arrays are [tokens].
 *
 * @param logProbabilities of the policy that is trained
 * @param entropies of its distributions, in nats
 * @param values of the value model that is trained
 * @param oldLogProbabilities of the policy around which the ratio is clipped
 * @param behaviorLogProbabilities of the policy that sampled
 * @param advantages already whitened where that is wanted
 * @param returns targets of the values
 * @param oldValues values before the step
 */
public record PpoTokens(
    double[] logProbabilities,
    double[] entropies,
    double[] values,
    double[] oldLogProbabilities,
    double[] behaviorLogProbabilities,
    double[] advantages,
    double[] returns,
    double[] oldValues) {}
