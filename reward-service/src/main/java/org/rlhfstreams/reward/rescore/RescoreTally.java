package org.rlhfstreams.reward.rescore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts while rollouts are scored again. */
final class RescoreTally {
  private final Map<String, Long> reasons = new LinkedHashMap<>();
  private final List<ScorePair> pairs = new ArrayList<>();
  private long rollouts;
  private long scored;
  private long present;
  private long refused;
  private long unusable;
  private long withoutOldReward;

  void rollout() {
    rollouts++;
  }

  void scored() {
    scored++;
  }

  void present() {
    present++;
  }

  void refused(String reason) {
    refused++;
    reason(reason);
  }

  void unusable(String reason) {
    unusable++;
    reason(reason);
  }

  private void reason(String reason) {
    if (reasons.containsKey(reason) || reasons.size() < RescoredRollouts.REASONS_KEPT) {
      reasons.merge(reason, 1L, Long::sum);
    }
  }

  void withoutOldReward() {
    withoutOldReward++;
  }

  void pair(ScorePair pair) {
    pairs.add(pair);
  }

  long scoredSoFar() {
    return scored;
  }

  /** Rollouts and records that are done with. */
  long done() {
    return rollouts + unusable;
  }

  RescoredRollouts result() {
    pairs.sort(Comparator.comparingInt(ScorePair::partition).thenComparingLong(ScorePair::offset));
    return new RescoredRollouts(
        rollouts, scored, present, refused, unusable, withoutOldReward, reasons, pairs);
  }
}
