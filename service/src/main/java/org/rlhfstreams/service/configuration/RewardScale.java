package org.rlhfstreams.service.configuration;

/** What the distance of a score to the mean of its group is divided by. */
public enum RewardScale {
  /** The deviation of the group's scores, as in GRPO. */
  GROUP,
  /** The deviation of all scores of the batch, so that easy and hard prompts count alike. */
  BATCH,
  /** Nothing, as in Dr. GRPO. */
  NONE
}
