package org.rlhfstreams.service.configuration;

/** What the learner optimises. */
public enum ObjectiveName {
  PPO(true),
  SFT(false),
  REWARD(false),
  DPO(false),
  ORPO(false),
  KTO(false);

  private final boolean rollouts;

  ObjectiveName(boolean rollouts) {
    this.rollouts = rollouts;
  }

  /** Whether it learns from scored rollouts; else from preferences. */
  public boolean learnsFromRollouts() {
    return rollouts;
  }
}
