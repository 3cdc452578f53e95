package org.rlhfstreams.service.configuration;

/** Per-token estimates of the KL to the reference; d is reference minus policy log-probability. */
public enum KlEstimator {
  /** -d; unbiased, single tokens may be negative. */
  K1,
  /** d squared over 2. */
  K2,
  /** exp(d) - 1 - d; unbiased and never negative. */
  K3
}
