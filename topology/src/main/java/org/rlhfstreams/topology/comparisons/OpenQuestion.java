package org.rlhfstreams.topology.comparisons;

import java.util.Comparator;

/**
 * A place in the backlog.
 *
 * @param usefulness among those of its lane; more is better
 * @param answered whether an answer counts, so that the question stays until it has all
 */
record OpenQuestion(String comparisonId, Lane lane, double usefulness, boolean answered) {
  /** The most useful last. */
  static final Comparator<OpenQuestion> BY_USEFULNESS =
      Comparator.comparingDouble(OpenQuestion::usefulness)
          .thenComparing(OpenQuestion::comparisonId);
}
