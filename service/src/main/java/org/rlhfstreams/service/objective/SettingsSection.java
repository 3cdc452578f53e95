package org.rlhfstreams.service.objective;

/** A section of the configuration that is for some objectives alone. */
public enum SettingsSection {
  PPO("ppo"),
  CRITIC_FREE("critic-free"),
  PREFERENCE("preference");

  private final String key;

  SettingsSection(String key) {
    this.key = key;
  }

  /** Its key, such as {@code critic-free}. */
  public String key() {
    return key;
  }
}
