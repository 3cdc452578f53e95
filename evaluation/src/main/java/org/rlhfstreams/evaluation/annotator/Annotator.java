package org.rlhfstreams.evaluation.annotator;

import org.rlhfstreams.events.Choice;

/** Whoever answers comparisons. */
@FunctionalInterface
public interface Annotator {
  /**
   * Which of two responses is better.
   *
   * @param comparisonId of the question; the same one gets the same answer
   */
  Choice choose(String comparisonId, String first, String second);
}
