package org.rlhfstreams.learner.objectives;

/**
 * Scores of a batch of pairs; all arrays are [pairs].
 *
 * @param chosen scores of the chosen responses
 * @param rejected scores of the rejected responses
 * @param margins by how much the chosen response must lead; 0 if nothing is known
 * @param weights of the pairs in the loss, 1 by default
 * @param <A> {@code double[]}, or {@code NDArray} inside the formula
 */
public record RewardScores<A>(A chosen, A rejected, A margins, A weights) {}
