package org.rlhfstreams.topology.admission;

/**
 * The rule that bounds staleness: at most (1 + eta) B samples may be on their way, released and
 * neither consumed by a step nor lost. What comes back in order is then learned within eta steps;
 * one that others overtake again and again is refused by the learner, and counts as lost. Samples,
 * not steps, are counted: another batch size, or a step that was filled otherwise, corrects itself.
 *
 * @param batchSize samples of one learner step, B
 * @param staleness eta; 0 is fully synchronous
 * @param maxSteps steps of the run; 0 for no bound
 */
record StalenessBound(int batchSize, double staleness, long maxSteps) {

  /**
   * Samples that may be on their way.
   *
   * @param step updates done
   */
  long outstanding(long step) {
    double byStaleness = Math.floor((1 + staleness) * batchSize);
    double byEnd = maxSteps == 0 ? Double.MAX_VALUE : (double) (maxSteps - step) * batchSize;
    return (long) Math.min(byStaleness, byEnd);
  }
}
