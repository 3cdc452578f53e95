package org.rlhfstreams.reward;

import java.util.Set;
import java.util.function.BooleanSupplier;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

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
   * Whether one scores all responses to a request together, by comparing them.
   *
   * @param reward that {@link #require} has checked
   */
  default boolean comparesResponses(RewardConfiguration reward) {
    return false;
  }

  /**
   * Opens one; on the thread that uses it.
   *
   * @param stopped ends what it waits for
   * @throws org.rlhfstreams.common.ExplainedException if it cannot be opened
   */
  RolloutScorer open(
      RewardConfiguration reward, KafkaConnection connection, BooleanSupplier stopped);
}
