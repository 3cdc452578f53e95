package org.rlhfstreams.learner.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * What the evaluations so far came to.
 *
 * @param best the best of them
 * @param unimproved evaluations since the last that was better by enough
 * @param awaited steps whose evaluation is under way: any of them may be the best yet
 */
public record ValidationState(Optional<BestStep> best, int unimproved, List<Long> awaited) {
  /** Before the first evaluation. */
  public static final ValidationState NONE = new ValidationState(Optional.empty(), 0);

  public ValidationState {
    awaited = List.copyOf(awaited);
  }

  /** One in which no evaluation is under way. */
  public ValidationState(Optional<BestStep> best, int unimproved) {
    this(best, unimproved, List.of());
  }

  /**
   * The step whose weights did best.
   *
   * @param figure that evaluations are compared by
   */
  public record BestStep(long step, double figure) {}
}
