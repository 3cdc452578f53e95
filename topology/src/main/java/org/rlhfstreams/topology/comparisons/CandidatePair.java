package org.rlhfstreams.topology.comparisons;

import java.util.Comparator;

/**
 * Two rollouts that wait and may be compared.
 *
 * @param comparisonId the two rollout ids, the smaller first
 * @param usefulness among those of its lane; more is better
 */
record CandidatePair(
    String comparisonId,
    String firstRolloutId,
    String secondRolloutId,
    Lane lane,
    double usefulness) {
  /** The most useful last. */
  static final Comparator<CandidatePair> BY_USEFULNESS =
      Comparator.comparingDouble(CandidatePair::usefulness)
          .thenComparing(CandidatePair::comparisonId);
}
