package org.rlhfstreams.learner.data;

import java.util.SplittableRandom;

/**
 * The rule which preferences are held out: it follows from the seed and the id alone, so that it is
 * the same ones after a restart.
 *
 * @param share 0 to 1
 */
public record HeldOutShare(double share, long seed) {
  /** Whether a preference is held out. */
  public boolean holdsOut(String preferenceId) {
    return share > 0
        && new SplittableRandom(31 * seed + preferenceId.hashCode()).nextDouble() < share;
  }
}
