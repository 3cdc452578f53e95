package org.rlhfstreams.service.configuration;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What rollouts are rewarded for.
 *
 * @param list as it is written; {@link RlhfConfiguration#effectiveRewards} are those of the run
 */
public record RewardsConfiguration(
    @Setting(
            value = "1h",
            description =
                "How long a rollout waits for the scores that are required, in time that the"
                    + " controller runs; then it is lost and replaced.")
        Duration patience,
    @Setting(
            description =
                "Rewards, each with name, scorer, weight, normalise (raw, batch, group), clip,"
                    + " required and settings of the scorer; in a file as a list below rewards."
                    + " Without any, the reward model of model.reward with weight 1; distillation"
                    + " needs none.")
        List<RewardConfiguration> list) {
  private static final Duration SHORTEST_PATIENCE = Duration.ofSeconds(1);

  /** Refuses rewards that no run can have together. */
  public RewardsConfiguration {
    list = List.copyOf(list);
    if (patience.compareTo(SHORTEST_PATIENCE) < 0) {
      throw new ConfigurationException(
          "rewards.patience = %s: a scorer needs time to answer; give it 1s or more, 1h is usual"
              .formatted(ValueParser.printed(patience)));
    }
    Set<String> names = new HashSet<>();
    for (RewardConfiguration reward : list) {
      if (!names.add(reward.name())) {
        throw new ConfigurationException(
            "rewards: two have the name %s, and a rollout has one score of a name: give each its own"
                .formatted(reward.name()));
      }
    }
  }
}
