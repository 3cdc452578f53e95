package org.rlhfstreams.learner.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Means over many examples, some at a time, so that memory does not grow with their number. */
final class ByPortions {
  private static final int PORTION = 32;

  private ByPortions() {}

  /**
   * The means of a measurement, weighted by the size of its portion.
   *
   * @param measure means over a portion
   */
  static <E> Map<String, Double> mean(
      List<E> examples, Function<List<E>, Map<String, Double>> measure) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (int start = 0; start < examples.size(); start += PORTION) {
      List<E> portion = examples.subList(start, Math.min(start + PORTION, examples.size()));
      double share = (double) portion.size() / examples.size();
      measure
          .apply(portion)
          .forEach((name, value) -> means.merge(name, share * value, Double::sum));
    }
    return means;
  }
}
