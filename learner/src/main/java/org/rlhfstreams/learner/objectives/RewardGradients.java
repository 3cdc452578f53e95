package org.rlhfstreams.learner.objectives;

/**
 * Gradients of {@link RewardObjective}'s loss; all arrays are [pairs].
 *
 * @param chosen by {@link RewardScores#chosen}
 * @param rejected by {@link RewardScores#rejected}
 */
public record RewardGradients(double[] chosen, double[] rejected) {}
