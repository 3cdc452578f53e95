package org.rlhfstreams.learner.checkpoint;

import java.util.Optional;

/**
 * What the evaluations so far came to.
 *
 * @param best the best of them
 * @param unimproved evaluations since the last that was better by enough
 */
public record ValidationState(Optional<BestStep> best, int unimproved) {
  /** Before the first evaluation. */
  public static final ValidationState NONE = new ValidationState(Optional.empty(), 0);

  /**
   * The step whose weights did best.
   *
   * @param figure that evaluations are compared by
   */
  public record BestStep(long step, double figure) {}
}
