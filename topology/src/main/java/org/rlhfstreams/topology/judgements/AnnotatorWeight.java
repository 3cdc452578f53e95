package org.rlhfstreams.topology.judgements;

/**
 * The rule what an annotator's choice weighs: twice the smoothed share of right gold answers, less
 * one, so that a coin weighs nothing and who is always right weighs 1. Nobody has shown anything at
 * first, and everybody is trusted then: so many right answers are given in advance.
 *
 * @param advance right answers given in advance, at least 1
 */
public record AnnotatorWeight(int advance) {
  /** Takes the number. */
  public AnnotatorWeight {
    if (advance < 1) {
      throw new IllegalArgumentException(
          "at least one right answer is given in advance, not " + advance);
    }
  }

  /**
   * The weight, in [0, 1].
   *
   * @param right gold questions answered as expected
   * @param answered gold questions answered
   */
  public double of(long right, long answered) {
    double share = (double) (right + advance) / (answered + advance);
    return Math.max(0, 2 * share - 1);
  }
}
