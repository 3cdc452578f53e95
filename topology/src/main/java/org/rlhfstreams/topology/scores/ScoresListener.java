package org.rlhfstreams.topology.scores;

/**
 * Hears what the join does, on its thread. It hears again of what a crash makes the join do again,
 * so it decides nothing.
 */
public interface ScoresListener {
  /** A rollout has all the scores that are required. */
  default void joined() {}

  /**
   * A rollout never will have them.
   *
   * @param scorer whose score is missing
   */
  default void lost(String scorer) {}

  /** A score was there already, or its rollout has gone on. */
  default void late(String scorer) {}

  /** No rollout has come for a score within the patience. */
  default void unmatched(String scorer) {}

  /** One that does nothing. */
  static ScoresListener none() {
    return new ScoresListener() {};
  }
}
