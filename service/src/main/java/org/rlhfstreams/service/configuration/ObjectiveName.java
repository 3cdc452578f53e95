package org.rlhfstreams.service.configuration;

import java.util.Arrays;
import java.util.Optional;

/** What the learner optimises. */
public enum ObjectiveName {
  PPO(Examples.ROLLOUTS),
  GRPO(Examples.GROUPS),
  DR_GRPO(Examples.GROUPS),
  RLOO(Examples.GROUPS),
  REINFORCE_PLUS_PLUS(Examples.ROLLOUTS),
  ONLINE_DPO(Examples.GROUPS),
  SFT(Examples.PREFERENCES),
  REWARD(Examples.PREFERENCES),
  DPO(Examples.PREFERENCES),
  ORPO(Examples.PREFERENCES),
  KTO(Examples.PREFERENCES);

  private enum Examples {
    ROLLOUTS,
    GROUPS,
    PREFERENCES
  }

  private final Examples examples;

  ObjectiveName(Examples examples) {
    this.examples = examples;
  }

  /** The objective of that text; empty where there is none, such as that of a replay. */
  public static Optional<ObjectiveName> named(String text) {
    return Arrays.stream(values()).filter(objective -> objective.text().equals(text)).findFirst();
  }

  /** Whether it learns from scored rollouts; else from preferences. */
  public boolean learnsFromRollouts() {
    return examples != Examples.PREFERENCES;
  }

  /** Whether it compares several responses to one prompt. */
  public boolean comparesSamples() {
    return examples == Examples.GROUPS;
  }

  /** As configuration, topics and metrics have it. */
  public String text() {
    return ValueParser.printed(this);
  }
}
