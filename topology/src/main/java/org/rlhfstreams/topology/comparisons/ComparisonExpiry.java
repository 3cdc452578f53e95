package org.rlhfstreams.topology.comparisons;

import org.rlhfstreams.events.WeightVersion;

/**
 * The rule when a response is too old to be asked about: the policy has made more than so many
 * steps since. A rollback gives up the line it leaves, so a new generation expires all of the old
 * one.
 *
 * @param steps from the version that finished a response to the newest one seen, at most
 */
public record ComparisonExpiry(long steps) {

  /**
   * Whether a version is expired.
   *
   * @param newest the newest version seen, not older than {@code version}
   */
  public boolean isExpired(WeightVersion version, WeightVersion newest) {
    return version.getGeneration() < newest.getGeneration()
        || newest.getStep() - version.getStep() > steps;
  }
}
