package org.rlhfstreams.evaluation.result;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of the rollouts that were scored again.
 *
 * @param rollouts of the range
 * @param scored that have been given a score
 * @param present that had one by this version of the scorer before
 * @param refused that the scorer cannot score
 * @param unusable records that are no rollouts
 * @param withoutOldReward rollouts with a score and no old reward to compare it with
 * @param reasons why some were refused or unusable, with how often
 */
public record RescoreCounts(
    long rollouts,
    long scored,
    long present,
    long refused,
    long unusable,
    long withoutOldReward,
    Map<String, Long> reasons) {
  /** Copies the reasons, in their order. */
  public RescoreCounts {
    reasons = new LinkedHashMap<>(reasons);
  }
}
