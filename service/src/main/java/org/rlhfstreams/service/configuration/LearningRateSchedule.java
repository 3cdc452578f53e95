package org.rlhfstreams.service.configuration;

/** How the learning rate moves after the warm-up. */
public enum LearningRateSchedule {
  /** Stays. */
  CONSTANT,
  /** Falls in a straight line to 0 at the last step. */
  LINEAR,
  /** Falls along half a cosine to 0 at the last step. */
  COSINE
}
