package org.rlhfstreams.learner.loop;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.data.ScoredSamples;

/**
 * The rule that groups are set aside of which all responses earn the same: an objective that
 * compares them has no advantages to learn from, and they would only take the places of others in
 * the batch (dynamic sampling, Yu et al. 2025, DAPO, section 3.2).
 */
public final class LearnableSignal {
  private final Optional<ToDoubleFunction<ScoredSample>> deductions;

  private LearnableSignal(Optional<ToDoubleFunction<ScoredSample>> deductions) {
    this.deductions = deductions;
  }

  /** Sets nothing aside. */
  public static LearnableSignal notNeeded() {
    return new LearnableSignal(Optional.empty());
  }

  /**
   * Sets groups without a signal aside.
   *
   * @param deductions what a response loses of its score by its length or its missing end
   */
  public static LearnableSignal needed(ToDoubleFunction<ScoredSample> deductions) {
    return new LearnableSignal(Optional.of(deductions));
  }

  /**
   * Whether nothing can be learned from a group.
   *
   * @param group all responses to one request
   */
  boolean isMissing(ScoredSamples samples, List<ScoredSample> group) {
    if (deductions.isEmpty()) {
      return false;
    }
    Optional<double[]> scores = samples.summedWithin(group);
    return scores.isPresent() && areEqual(scores.get(), group, deductions.get());
  }

  private static boolean areEqual(
      double[] scores, List<ScoredSample> group, ToDoubleFunction<ScoredSample> deductions) {
    double first = scores[0] - deductions.applyAsDouble(group.get(0));
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] - deductions.applyAsDouble(group.get(i)) != first) {
        return false;
      }
    }
    return true;
  }

  /** Why a response is set aside. */
  String reason(ScoredSample sample, int groupSize) {
    return String.format(
        Locale.ROOT,
        "all %d responses to request %s earned the same, which teaches nothing by comparison:"
            + " critic-free.dynamic-sampling sets them aside, and others were released",
        groupSize,
        sample.requestId());
  }
}
