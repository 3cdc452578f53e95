package org.rlhfstreams.topology.comparisons;

import org.rlhfstreams.events.WeightVersion;

/** The rule which responses to one prompt are compared, by the versions that finished them. */
public enum PairedVersions {
  /** Only those of one policy version. */
  SAME,
  /** Those of any two versions that are not expired. */
  ANY;

  /** Whether two responses may be compared; neither is expired. */
  boolean mayPair(WeightVersion first, WeightVersion second) {
    return this == ANY || first.equals(second);
  }
}
