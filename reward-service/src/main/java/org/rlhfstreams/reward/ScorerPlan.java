package org.rlhfstreams.reward;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/**
 * Which scorers a process runs: all rewards but those of programs of other people, and the
 * reference, or those that {@code reward-service.scorers} names.
 *
 * @param rewards to score
 * @param reference whether the reference is one of them
 */
record ScorerPlan(List<RewardConfiguration> rewards, boolean reference) {
  /** The setting of a reward model of its own, which no learner changes. */
  static final String MODEL = "model";

  /** Copies the list. */
  ScorerPlan {
    rewards = List.copyOf(rewards);
  }

  /**
   * The plan that a configuration asks for.
   *
   * @throws ConfigurationException naming a scorer that does not exist, or that there is nothing to
   *     run
   */
  static ScorerPlan of(RlhfConfiguration configuration, ScorerCatalog catalog) {
    List<RewardConfiguration> all = configuration.effectiveRewards().all();
    List<String> wanted = configuration.rewardService().scorers();
    Set<String> names = new TreeSet<>();
    for (RewardConfiguration reward : all) {
      requireKind(reward, catalog);
      names.add(reward.name());
    }
    names.add(ScoreRules.REFERENCE);
    for (String name : wanted) {
      if (!names.contains(name)) {
        throw new ConfigurationException(
            "reward-service.scorers: there is no %s among the rewards; there are %s"
                .formatted(name, String.join(", ", names)));
      }
    }
    List<RewardConfiguration> rewards = new ArrayList<>();
    for (RewardConfiguration reward : all) {
      boolean isOwn = !reward.scorer().equals(RewardConfiguration.EXTERNAL);
      boolean isWanted = wanted.isEmpty() || wanted.contains(reward.name());
      if (isOwn && isWanted) {
        rewards.add(reward);
      } else if (!wanted.isEmpty() && isWanted) {
        throw new ConfigurationException(
            "reward-service.scorers: %s is external: the program that scores it is yours to start"
                .formatted(reward.name()));
      }
    }
    requireOneLiveModel(rewards);
    return new ScorerPlan(rewards, wanted.isEmpty() || wanted.contains(ScoreRules.REFERENCE));
  }

  /** The models alone, for what they need. */
  static ScorerPlan ofModels(RlhfConfiguration configuration) {
    List<String> wanted = configuration.rewardService().scorers();
    return new ScorerPlan(
        configuration.effectiveRewards().all().stream()
            .filter(ScorerPlan::isModel)
            .filter(reward -> wanted.isEmpty() || wanted.contains(reward.name()))
            .toList(),
        wanted.isEmpty() || wanted.contains(ScoreRules.REFERENCE));
  }

  static void requireKind(RewardConfiguration reward, ScorerCatalog catalog) {
    Set<String> kinds = new TreeSet<>(catalog.kinds());
    kinds.add(RewardConfiguration.REWARD_MODEL);
    kinds.add(RewardConfiguration.EXTERNAL);
    if (!kinds.contains(reward.scorer())) {
      throw new ConfigurationException(
          "rewards: %s has the scorer %s, which does not exist; there are %s. A program of your own that writes to the topic scores is external"
              .formatted(reward.name(), reward.scorer(), String.join(", ", kinds)));
    }
  }

  private static void requireOneLiveModel(List<RewardConfiguration> rewards) {
    List<String> live =
        rewards.stream().filter(ScorerPlan::isLiveModel).map(RewardConfiguration::name).toList();
    if (live.size() > 1) {
      throw new ConfigurationException(
          "rewards: %s are both the reward model of model.reward: give one of them settings: {model: DIR}"
              .formatted(String.join(" and ", live)));
    }
  }

  static boolean isModel(RewardConfiguration reward) {
    return reward.scorer().equals(RewardConfiguration.REWARD_MODEL);
  }

  /** Whether it is the model whose versions a learner publishes. */
  static boolean isLiveModel(RewardConfiguration reward) {
    return isModel(reward) && !reward.settings().containsKey(MODEL);
  }

  /** The directory of a reward that is a model. */
  static Path directory(RewardConfiguration reward, RlhfConfiguration configuration) {
    return Optional.ofNullable(reward.settings().get(MODEL))
        .map(Path::of)
        .orElseGet(() -> configuration.model().requiredReward());
  }

  /** Rewards that are models. */
  List<RewardConfiguration> models() {
    return rewards.stream().filter(ScorerPlan::isModel).toList();
  }

  /** Whether one follows the learner of the reward model. */
  boolean hasLiveModel() {
    return rewards.stream().anyMatch(ScorerPlan::isLiveModel);
  }
}
