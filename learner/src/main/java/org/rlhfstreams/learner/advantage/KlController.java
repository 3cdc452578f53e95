package org.rlhfstreams.learner.advantage;

import java.util.OptionalDouble;

/**
 * The weight of the KL in the reward: fixed, or steered so that the measured KL meets a target
 * (Ziegler et al. 2019, section 2.2): beta grows by clip(KL / target - 1, +-0.2) times rollouts /
 * horizon.
 */
public final class KlController {
  private static final double LARGEST_ERROR = 0.2;

  private final OptionalDouble target;
  private final double horizon;
  private double beta;

  /**
   * @param beta the weight at the start
   * @param target KL of a response, in nats; empty keeps beta
   * @param horizon rollouts over which beta moves
   */
  public KlController(double beta, OptionalDouble target, double horizon) {
    this.beta = beta;
    this.target = target;
    this.horizon = horizon;
  }

  /** The weight now. */
  public double beta() {
    return beta;
  }

  /** Takes up a checkpoint's weight. */
  public void restore(double checkpointed) {
    beta = checkpointed;
  }

  /**
   * Moves the weight after a batch.
   *
   * @param kl mean KL of a response, in nats
   * @param rollouts in the batch
   */
  public void update(double kl, int rollouts) {
    if (target.isPresent()) {
      double error = kl / target.getAsDouble() - 1;
      double bounded = Math.max(-LARGEST_ERROR, Math.min(LARGEST_ERROR, error));
      beta *= 1 + bounded * rollouts / horizon;
    }
  }
}
