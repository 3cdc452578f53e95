package org.rlhfstreams.learner.advantage;

/**
 * Which reward model gave a score.
 *
 * @param generation of the reward model
 * @param step of its training, from 0
 */
public record RewardModelVersion(int generation, long step) {}
