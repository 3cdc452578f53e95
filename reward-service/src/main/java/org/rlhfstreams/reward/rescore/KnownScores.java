package org.rlhfstreams.reward.rescore;

import java.nio.ByteBuffer;
import java.util.OptionalDouble;
import java.util.Set;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.service.index.IndexKey;
import org.rlhfstreams.service.index.TemporaryIndex;

/**
 * What {@code scores} says of rollouts: the scores by the scorer that scores again, and those that
 * they were rewarded for. If a scorer has said something twice, what it said last counts.
 */
final class KnownScores {
  private static final String NOW = "now";
  private static final String REFUSED = "refused";
  private static final String BEFORE = "before";

  private final TemporaryIndex index;
  private final String scorer;
  private final String version;
  private final Set<String> others;

  /**
   * @param index holds them; for the caller to close
   * @param version of the scorer: scores by another one are earlier ones
   * @param others scorers whose scores are wanted too; the scorer itself for its earlier versions
   */
  KnownScores(TemporaryIndex index, String scorer, String version, Set<String> others) {
    this.index = index;
    this.scorer = scorer;
    this.version = version;
    this.others = Set.copyOf(others);
  }

  /** Notes a score of the log. */
  void note(Score score) {
    String id = score.getRolloutId();
    Double value = score.getValue();
    boolean isOwn = score.getScorer().equals(scorer) && score.getScorerVersion().equals(version);
    if (isOwn && value == null) {
      index.put(IndexKey.of(id, REFUSED));
    } else if (isOwn) {
      index.put(IndexKey.of(id, NOW), bytes(value));
    } else if (value != null && others.contains(score.getScorer())) {
      index.put(IndexKey.of(id, BEFORE, score.getScorer()), bytes(value));
    }
  }

  private static byte[] bytes(double value) {
    return ByteBuffer.allocate(Double.BYTES).putDouble(value).array();
  }

  private OptionalDouble find(IndexKey key) {
    return index
        .find(key)
        .map(bytes -> OptionalDouble.of(ByteBuffer.wrap(bytes).getDouble()))
        .orElseGet(OptionalDouble::empty);
  }

  /** The score that the scorer has given a rollout, in this version. */
  OptionalDouble now(String rolloutId) {
    return find(IndexKey.of(rolloutId, NOW));
  }

  /** Whether the log has it that the scorer refuses a rollout, in this version. */
  boolean isRefused(String rolloutId) {
    return index.has(IndexKey.of(rolloutId, REFUSED));
  }

  /** The score of another scorer, or of an earlier version. */
  OptionalDouble before(String rolloutId, String by) {
    return find(IndexKey.of(rolloutId, BEFORE, by));
  }
}
