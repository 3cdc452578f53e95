package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.data.ScoredSample;

/**
 * The rule by which scored responses become pairs (Guo et al. 2024): of all responses to a request,
 * the best against the worst. Where both have the same score, nothing is preferred.
 *
 * @param chosen the better ones
 * @param rejected the worse ones, in the same order
 */
record RankedPairs(List<ScoredSample> chosen, List<ScoredSample> rejected) {
  /**
   * Pairs of a batch.
   *
   * @param missingEndPenalty taken off the score of a response that ran out of length
   */
  static RankedPairs of(List<ScoredSample> batch, double missingEndPenalty) {
    Map<String, List<ScoredSample>> groups = new LinkedHashMap<>();
    for (ScoredSample sample : batch) {
      groups.computeIfAbsent(sample.requestId(), id -> new ArrayList<>()).add(sample);
    }
    Comparator<ScoredSample> byScore =
        Comparator.comparingDouble(sample -> score(sample, missingEndPenalty));
    List<ScoredSample> chosen = new ArrayList<>();
    List<ScoredSample> rejected = new ArrayList<>();
    for (List<ScoredSample> group : groups.values()) {
      ScoredSample best = group.stream().max(byScore).orElseThrow();
      ScoredSample worst = group.stream().min(byScore).orElseThrow();
      if (byScore.compare(best, worst) > 0) {
        chosen.add(best);
        rejected.add(worst);
      }
    }
    return new RankedPairs(chosen, rejected);
  }

  private static double score(ScoredSample sample, double missingEndPenalty) {
    return sample.stopped() ? sample.score() : sample.score() - missingEndPenalty;
  }

  /** All chosen ones, then all rejected ones. */
  List<ScoredSample> all() {
    List<ScoredSample> all = new ArrayList<>(chosen);
    all.addAll(rejected);
    return all;
  }

  /** How many there are. */
  int count() {
    return chosen.size();
  }
}
