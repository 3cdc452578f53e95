package org.rlhfstreams.service.configuration;

/** What the learner optimises. */
public enum ObjectiveName {
  PPO,
  SFT,
  REWARD
}
