package org.rlhfstreams.scorers.settings;

/**
 * A setting of a kind of scorer. A name that ends in {@code .*} stands for any setting that begins
 * like it.
 *
 * @param name in kebab-case
 * @param defaultText as a user would write it; empty for none
 * @param required whether a user has to give it
 * @param help what it does, with its unit and its choices
 */
public record ScorerSetting(String name, String defaultText, boolean required, String help) {
  /** One that may be left out, and then has no value. */
  public static ScorerSetting optional(String name, String help) {
    return new ScorerSetting(name, "", false, help);
  }

  /** One with a default. */
  public static ScorerSetting of(String name, String defaultText, String help) {
    return new ScorerSetting(name, defaultText, false, help);
  }

  /** One that a user has to give. */
  public static ScorerSetting required(String name, String help) {
    return new ScorerSetting(name, "", true, help);
  }

  /** Whether it stands for any setting that begins like it. */
  boolean isPrefix() {
    return name.endsWith(".*");
  }

  /** What such settings begin with, the dot included. */
  String prefix() {
    return name.substring(0, name.length() - 1);
  }
}
