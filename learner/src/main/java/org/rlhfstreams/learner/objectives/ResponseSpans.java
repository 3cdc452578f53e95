package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;

/**
 * Which terms belong to one response, in formulas that are differentiated: those of the first
 * response come first, then those of the second, and so on.
 *
 * @param lengths terms of each response, at least 1; [responses]
 */
public record ResponseSpans(int[] lengths) {
  /** Sums over the terms of each response, [responses]. */
  NDArray sums(NDArray terms) {
    int longest = Arrays.stream(lengths).max().orElse(0);
    long[] cells = new long[lengths.length * longest];
    int all = Arrays.stream(lengths).sum();
    int at = 0;
    for (int row = 0; row < lengths.length; row++) {
      for (int t = 0; t < longest; t++) {
        cells[row * longest + t] = t < lengths[row] ? at++ : all;
      }
    }
    NDArray nothing = terms.getManager().create(new double[1]);
    return terms
        .concat(nothing)
        .gather(terms.getManager().create(cells), 0)
        .reshape(lengths.length, longest)
        .sum(new int[] {1});
  }

  /** Means over the terms of each response, [responses]. */
  NDArray means(NDArray terms) {
    double[] shares = Arrays.stream(lengths).mapToDouble(length -> 1.0 / length).toArray();
    return sums(terms).mul(terms.getManager().create(shares));
  }

  /** The terms of whole responses: means over those of their tokens. */
  PolicyTerms<NDArray> meansOf(PolicyTerms<NDArray> terms) {
    return new Means(
        means(terms.logProbabilities()),
        means(terms.oldLogProbabilities()),
        means(terms.behaviorLogProbabilities()),
        means(terms.advantages()));
  }

  private record Means(
      NDArray logProbabilities,
      NDArray oldLogProbabilities,
      NDArray behaviorLogProbabilities,
      NDArray advantages)
      implements PolicyTerms<NDArray> {}

  /** A number for each response, [responses], as one for each of its terms, [terms]. */
  NDArray spread(NDArray responses) {
    long[] rows = new long[Arrays.stream(lengths).sum()];
    int at = 0;
    for (int row = 0; row < lengths.length; row++) {
      Arrays.fill(rows, at, at + lengths[row], row);
      at += lengths[row];
    }
    return responses.gather(responses.getManager().create(rows), 0);
  }
}
