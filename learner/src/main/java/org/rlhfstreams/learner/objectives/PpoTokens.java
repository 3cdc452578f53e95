package org.rlhfstreams.learner.objectives;

/**
 * The response tokens of a mini-batch, rows one after the other; all arrays are [tokens].
 *
 * @param logProbabilities of the policy that is trained
 * @param entropies of its distributions, in nats
 * @param values of the value model that is trained
 * @param oldLogProbabilities of the policy around which the ratio is clipped
 * @param behaviorLogProbabilities of the policy that sampled
 * @param advantages already whitened if the settings ask for it
 * @param returns targets of the values
 * @param oldValues values before the step
 * @param <A> {@code double[]}, or {@code NDArray} inside the formula
 */
public record PpoTokens<A>(
    A logProbabilities,
    A entropies,
    A values,
    A oldLogProbabilities,
    A behaviorLogProbabilities,
    A advantages,
    A returns,
    A oldValues)
    implements PolicyTerms<A> {}
