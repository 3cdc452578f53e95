package org.rlhfstreams.service.configuration;

import java.util.List;
import java.util.Optional;

/**
 * The rewards of a run.
 *
 * @param all in their order; none if a teacher is learned from and nothing is to be measured
 */
public record EffectiveRewards(List<RewardConfiguration> all) {
  /** Copies the list. */
  public EffectiveRewards {
    all = List.copyOf(all);
  }

  /** The one that has a name. */
  public Optional<RewardConfiguration> named(String name) {
    return all.stream().filter(reward -> reward.name().equals(name)).findFirst();
  }

  /** Names of those that a rollout waits for, in their order. */
  public List<String> required() {
    return all.stream()
        .filter(RewardConfiguration::required)
        .map(RewardConfiguration::name)
        .toList();
  }

  /** Names of the others. */
  public List<String> optional() {
    return all.stream()
        .filter(reward -> !reward.required())
        .map(RewardConfiguration::name)
        .toList();
  }
}
