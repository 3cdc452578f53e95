package org.rlhfstreams.learner.loop;

/**
 * How much of a batch is learned again.
 *
 * @param share of the batch, 0 to below 1
 */
record ReplayRule(double share) {
  /** New examples of a full batch; at least {@code smallest}. */
  int fresh(int batchSize, int smallest) {
    return Math.max(Math.min(smallest, batchSize), batchSize - (int) Math.round(share * batchSize));
  }

  /** Examples that go with new ones; fewer where fewer have been learned. */
  int again(int fresh, int batchSize) {
    return Math.min(batchSize - fresh, (int) Math.round(fresh * share / (1 - share)));
  }
}
