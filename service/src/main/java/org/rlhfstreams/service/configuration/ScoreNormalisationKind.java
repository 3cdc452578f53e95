package org.rlhfstreams.service.configuration;

/** What is done to scores before advantages are made of them. */
public enum ScoreNormalisationKind {
  /** Nothing. */
  NONE,
  /** They are measured by the mean and deviation of their reward model's version. */
  PER_VERSION
}
