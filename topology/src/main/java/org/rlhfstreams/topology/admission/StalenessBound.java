package org.rlhfstreams.topology.admission;

/**
 * The rule that bounds staleness: with {@code step} updates done, at most (step + 1 + eta) B
 * samples may have been released, and one more for each that was lost on the way.
 *
 * @param batchSize samples of one learner step, B
 * @param staleness eta; 0 is fully synchronous
 * @param maxSteps steps of the run; 0 for no bound
 */
record StalenessBound(int batchSize, double staleness, long maxSteps) {

  /** Samples that may have been released in all. */
  long allowed(long step, long lost) {
    double byStaleness = Math.floor((step + 1 + staleness) * batchSize);
    double byEnd = maxSteps == 0 ? Double.MAX_VALUE : (double) maxSteps * batchSize;
    return (long) Math.min(byStaleness, byEnd) + lost;
  }
}
