package org.rlhfstreams.learner.objectives;

/**
 * The terms of a mini-batch without a value model: response tokens, rows one after the other, or
 * whole responses; arrays are [terms] where nothing else is said.
 *
 * @param logProbabilities of the policy that is trained
 * @param oldLogProbabilities of the policy around which the ratio is clipped
 * @param behaviorLogProbabilities of the policy that sampled
 * @param referenceLogProbabilities of the reference
 * @param advantages already normalised if the settings ask for it
 * @param weights of the terms in the mean
 * @param entropies of the trained policy's distributions, in nats; [tokens], also where terms are
 *     responses
 * @param <A> {@code double[]}, or {@code NDArray} inside the formula
 */
public record CriticFreeTerms<A>(
    A logProbabilities,
    A oldLogProbabilities,
    A behaviorLogProbabilities,
    A referenceLogProbabilities,
    A advantages,
    A weights,
    A entropies)
    implements PolicyTerms<A> {}
