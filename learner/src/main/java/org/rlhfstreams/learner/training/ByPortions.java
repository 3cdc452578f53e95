package org.rlhfstreams.learner.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Measurements of many examples, some at a time, so that memory does not grow with their number.
 */
final class ByPortions {
  private static final int PORTION = 32;

  private ByPortions() {}

  /** Hands over all examples, in order. */
  static <E> void each(List<E> examples, Consumer<List<E>> portions) {
    for (int start = 0; start < examples.size(); start += PORTION) {
      portions.accept(examples.subList(start, Math.min(start + PORTION, examples.size())));
    }
  }

  /**
   * The means of a measurement, weighted by the size of its portion.
   *
   * @param measure means over a portion
   */
  static <E> Map<String, Double> mean(
      List<E> examples, Function<List<E>, Map<String, Double>> measure) {
    Map<String, Double> means = new LinkedHashMap<>();
    each(
        examples,
        portion -> {
          double share = (double) portion.size() / examples.size();
          measure
              .apply(portion)
              .forEach((name, value) -> means.merge(name, share * value, Double::sum));
        });
    return means;
  }
}
