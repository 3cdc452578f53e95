package org.rlhfstreams.learner.training;

import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;

/**
 * What tells one objective on rollouts from another: the targets of a batch, and loss and gradients
 * of its mini-batches. It sees numbers, never a model; {@link RolloutTrainer} does the rest.
 */
public interface RolloutStrategy {
  /** What is configured of every objective on rollouts. */
  RolloutObjectiveConfiguration settings();

  /** Weight of the KL to the reference in the rewards of the next batch. */
  double rewardBeta();

  /** Whether the loss has gradients by entropies. */
  default boolean learnsEntropies() {
    return false;
  }

  /**
   * Taken off the score of a response for its length, before scores are clipped.
   *
   * @param tokens of the response
   */
  default double lengthPenalty(int tokens) {
    return 0;
  }

  /**
   * Works out what stays the same through all epochs of a batch.
   *
   * @param metrics takes what the objective reports once a batch
   */
  MiniBatchObjective objective(RolloutBatch batch, Map<String, Double> metrics);

  /** The objective on mini-batches of one batch. */
  @FunctionalInterface
  interface MiniBatchObjective {
    /**
     * Loss and gradients of a mini-batch.
     *
     * @param outputs of the models for the rows of the mini-batch
     * @param members numbers of these rows in the batch
     */
    ObjectiveResult<PassGradients> evaluate(RolloutOutputs outputs, int[] members);
  }

  /**
   * Adapts coefficients after a step.
   *
   * @param metrics of the step
   * @param rollouts of the batch
   */
  default void stepped(Map<String, Double> metrics, int rollouts) {}

  /** What a checkpoint keeps, by names of their own. */
  default Map<String, Double> numbers() {
    return Map.of();
  }

  /** Restores what {@link #numbers} gave, among others. */
  default void restore(RestoredNumbers numbers) {}
}
