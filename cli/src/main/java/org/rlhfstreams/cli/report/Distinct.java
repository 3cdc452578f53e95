package org.rlhfstreams.cli.report;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Diversity of responses (Li et al. 2016, section 5.3): distinct pairs of neighbours over all. */
public final class Distinct {
  private Distinct() {}

  /** Distinct-2 of the responses' tokens taken together; 0 where there is no pair. */
  public static double two(List<List<Integer>> responses) {
    Set<Long> distinct = new HashSet<>();
    long all = 0;
    for (List<Integer> response : responses) {
      for (int i = 1; i < response.size(); i++) {
        distinct.add(((long) response.get(i - 1) << 32) | response.get(i));
        all++;
      }
    }
    return all == 0 ? 0 : (double) distinct.size() / all;
  }
}
