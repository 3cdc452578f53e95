package org.rlhfstreams.service.configuration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.rlhfstreams.schemas.ScoreRules;

/**
 * One reward: who scores, and how its scores count.
 *
 * @param name of its scores in events and metrics, {@code objective/scores/NAME}
 * @param scorer the kind of scorer, such as {@code reward-model}, or {@code external} for a program
 *     that writes scores itself
 * @param weight in the sum that is learned from; 0 only watches
 * @param normalise what is done to its scores before the sum
 * @param clip bound of its scores on both sides, after that; none if empty
 * @param required whether a rollout waits for its score; what has a weight is required
 * @param settings of the scorer, by its own names
 */
public record RewardConfiguration(
    String name,
    String scorer,
    double weight,
    RewardNormalisation normalise,
    OptionalDouble clip,
    boolean required,
    Map<String, String> settings) {
  /** The scorer that is a model of the family of {@code model.reward}. */
  public static final String REWARD_MODEL = "reward-model";

  /** A scorer that no process of ours runs. */
  public static final String EXTERNAL = "external";

  /** Refuses what contradicts itself. */
  public RewardConfiguration {
    settings = Map.copyOf(settings);
    if (!ScoreRules.isName(name)) {
      throw new ConfigurationException(
          "rewards: the name \"%s\" cannot be a consumer group's: use 1 to %s letters, digits, dots, hyphens and underscores"
              .formatted(name, String.valueOf(ScoreRules.LONGEST_NAME)));
    }
    if (name.equals(ScoreRules.REFERENCE)) {
      throw new ConfigurationException(
          "rewards: the name reference is that of the reference model's log-probabilities: choose"
              + " another one");
    }
    if (!Double.isFinite(weight)) {
      throw new ConfigurationException(
          "rewards: %s has the weight %s; give it a finite number, 0 to watch it only"
              .formatted(name, String.valueOf(weight)));
    }
    if (clip.isPresent() && !(clip.getAsDouble() > 0 && Double.isFinite(clip.getAsDouble()))) {
      throw new ConfigurationException(
          "rewards: %s has clip %s; give it a number above 0, or leave it out"
              .formatted(name, String.valueOf(clip.getAsDouble())));
    }
    if (weight != 0 && !required) {
      throw new ConfigurationException(
          "rewards: %s has the weight %s, but required: false; a score that is missing cannot be learned from: set required: true, or weight: 0 to watch it only"
              .formatted(name, String.valueOf(weight)));
    }
  }

  /** The one reward that there is if none is configured: the model of {@code model.reward}. */
  static RewardConfiguration ofRewardModel() {
    return new RewardConfiguration(
        REWARD_MODEL,
        REWARD_MODEL,
        1,
        RewardNormalisation.RAW,
        OptionalDouble.empty(),
        true,
        Map.of());
  }

  /** As a user would write it, without what is so by default. */
  Map<String, Object> written() {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("name", name);
    written.put("scorer", scorer);
    written.put("weight", weight);
    if (normalise != RewardNormalisation.RAW) {
      written.put("normalise", ValueParser.printed(normalise));
    }
    clip.ifPresent(bound -> written.put("clip", bound));
    if (required != (weight != 0)) {
      written.put("required", required);
    }
    if (!settings.isEmpty()) {
      written.put("settings", new TreeMap<>(settings));
    }
    return written;
  }
}
