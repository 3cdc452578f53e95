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

  @Override
  default void close() {}
}
