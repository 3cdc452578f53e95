package org.rlhfstreams.learner.data;

import java.util.OptionalDouble;

/** Scores that rollouts were given after they had gone on. */
@FunctionalInterface
public interface LaterScores {
  /** None. */
  LaterScores NONE = (rolloutId, scorer) -> OptionalDouble.empty();

  /** The value that a scorer has given a rollout, if it has. */
  OptionalDouble of(String rolloutId, String scorer);
}
