package org.rlhfstreams.service.configuration;

/** What a learner does after a step whose loss or gradients were not finite. */
public enum OnNonFinite {
  /** Goes on with the next batch. */
  CONTINUE,
  /** Ends with an error that names the batch. */
  STOP
}
