package org.rlhfstreams.service.configuration;

/** What is done to the scores of one reward before the rewards are added up. */
public enum RewardNormalisation {
  /** Nothing. */
  RAW,
  /** They are measured by the mean and deviation of the batch. */
  BATCH,
  /** They are measured by the mean and deviation of the responses to the same request. */
  GROUP
}
