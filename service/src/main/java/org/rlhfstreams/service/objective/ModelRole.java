package org.rlhfstreams.service.objective;

/** The model that an objective trains; the other one of a run is given to it. */
public enum ModelRole {
  POLICY("model.policy"),
  REWARD_MODEL("model.reward");

  private final String key;

  ModelRole(String key) {
    this.key = key;
  }

  /** Configuration key of the directory that training starts from. */
  public String key() {
    return key;
  }
}
