package org.rlhfstreams.reward;

import java.util.List;
import org.rlhfstreams.events.Rollout;

/** Scores rollouts. It is used by one thread at a time. */
public interface RolloutScorer extends AutoCloseable {
  /**
   * Scores some.
   *
   * @param rollouts whose parts agree with each other; where {@link #wholeGroups()}, all responses
   *     to each of their requests
   * @return an answer for each, in their order; one that cannot be scored has a failure
   */
  List<ScorerAnswer> score(List<Rollout> rollouts);

  /** Whether an answer depends on the other responses to the same request. */
  default boolean wholeGroups() {
    return false;
  }

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
