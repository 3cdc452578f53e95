package org.rlhfstreams.topology.comparisons;

/**
 * The rule which pair is worth more of people's time. A share of the pairs, chosen by a hash of
 * their ids, is ranked by another hash; the others by how close their scores are.
 *
 * @param randomShare of all pairs, in [0, 1]
 */
record PairUsefulness(double randomShare) {

  /** Where a pair belongs. */
  Lane lane(String comparisonId) {
    return IdentityHash.unit("lane " + comparisonId) < randomShare ? Lane.RANDOM : Lane.CLOSE;
  }

  /**
   * How useful a pair is among those of its lane; more is better.
   *
   * @param margin between the two scores, at least 0
   */
  double of(Lane lane, String comparisonId, double margin) {
    return lane == Lane.CLOSE ? -margin : IdentityHash.unit("rank " + comparisonId);
  }
}
