package org.rlhfstreams.reward;

import java.util.Set;
import org.rlhfstreams.service.configuration.RewardConfiguration;

/** Kinds of scorers beside the reward model and the reference, by the names that rewards use. */
public interface ScorerCatalog {
  /** Their names. */
  Set<String> kinds();

  /**
   * Checks the settings of one, before anything is started.
   *
   * @throws org.rlhfstreams.common.ExplainedException naming the setting and what to do
   */
  void require(RewardConfiguration reward);

  /**
   * Opens one; on the thread that uses it.
   *
   * @throws org.rlhfstreams.common.ExplainedException if it cannot be opened
   */
  RolloutScorer open(RewardConfiguration reward);

  /** One without any. */
  static ScorerCatalog none() {
    return new ScorerCatalog() {
      @Override
      public Set<String> kinds() {
        return Set.of();
      }

      @Override
      public void require(RewardConfiguration reward) {
        throw new IllegalArgumentException(reward.scorer());
      }

      @Override
      public RolloutScorer open(RewardConfiguration reward) {
        throw new IllegalArgumentException(reward.scorer());
      }
    };
  }
}
