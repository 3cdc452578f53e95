package org.rlhfstreams.topology.scores;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.schemas.ScoreRules;

/**
 * What the join waits for.
 *
 * @param required scorers without whose score no rollout goes on, in the order of the rewards; the
 *     reference is not among them: it is always required, and it alone if there are no others
 * @param optional scorers whose scores go along if they are there in time
 * @param patience how long a rollout waits, in time that the join runs
 * @param scoredBefore by partition of {@code rollouts}: what lies before was scored by a release
 *     without a join, and its scored rollouts are there
 */
public record ScoresSettings(
    List<String> required,
    List<String> optional,
    Duration patience,
    Map<Integer, Long> scoredBefore) {
  /** Copies the lists. */
  public ScoresSettings {
    required = List.copyOf(required);
    optional = List.copyOf(optional);
    scoredBefore = Map.copyOf(scoredBefore);
  }

  /** All that a rollout waits for, the reference last. */
  List<String> awaited() {
    List<String> awaited = new ArrayList<>(required);
    awaited.add(ScoreRules.REFERENCE);
    return awaited;
  }

  boolean isAwaited(String scorer) {
    return required.contains(scorer) || scorer.equals(ScoreRules.REFERENCE);
  }

  boolean isKnown(String scorer) {
    return isAwaited(scorer) || optional.contains(scorer);
  }

  boolean isScoredBefore(int partition, long offset) {
    return offset < scoredBefore.getOrDefault(partition, 0L);
  }
}
