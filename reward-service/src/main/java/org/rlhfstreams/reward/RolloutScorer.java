package org.rlhfstreams.reward;

import java.util.List;
import org.rlhfstreams.events.Rollout;

/** Scores rollouts. It is opened, used and closed by one thread. */
public interface RolloutScorer extends AutoCloseable {
  /**
   * Scores some.
   *
   * @param rollouts whose parts agree with each other
   * @return an answer for each, in their order; one that cannot be scored has a failure
   */
  List<ScorerAnswer> score(List<Rollout> rollouts);

  /**
   * How many it is best given at once.
   *
   * @param configured for the service
   */
  default int batchSize(int configured) {
    return configured;
  }

  @Override
  default void close() {}
}
