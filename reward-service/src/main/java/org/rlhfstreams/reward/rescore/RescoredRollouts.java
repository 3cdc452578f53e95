package org.rlhfstreams.reward.rescore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What scoring again has come to.
 *
 * @param rollouts of the range
 * @param scored that have a score since
 * @param present that had one by the same version of the scorer before
 * @param refused that the scorer cannot score
 * @param unusable records that are no rollouts, or whose parts do not agree
 * @param withoutOldReward rollouts with a score for which the log has no old reward
 * @param reasons of what was refused or unusable, with how often; the first {@value #REASONS_KEPT}
 *     of them
 * @param pairs rollouts with a score and an old reward, in the order of the log; empty if there is
 *     nothing to compare with
 */
public record RescoredRollouts(
    long rollouts,
    long scored,
    long present,
    long refused,
    long unusable,
    long withoutOldReward,
    Map<String, Long> reasons,
    List<ScorePair> pairs) {
  static final int REASONS_KEPT = 20;

  /** Copies the collections; the order of the reasons stays. */
  public RescoredRollouts {
    reasons = new LinkedHashMap<>(reasons);
    pairs = List.copyOf(pairs);
  }
}
