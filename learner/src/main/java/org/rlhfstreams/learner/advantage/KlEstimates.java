package org.rlhfstreams.learner.advantage;

import org.rlhfstreams.service.configuration.KlEstimator;

/**
 * Per-token estimates of KL(policy || reference) from one sample (Schulman 2020): with d =
 * reference - policy log-probability, k1 = -d, k2 = d^2 / 2, k3 = exp(d) - 1 - d.
 */
public final class KlEstimates {
  private KlEstimates() {}

  /** The estimate of one token, in nats. */
  public static double of(KlEstimator estimator, double policy, double reference) {
    double d = reference - policy;
    return switch (estimator) {
      case K1 -> -d;
      case K2 -> d * d / 2;
      case K3 -> Math.expm1(d) - d;
    };
  }
}
