package org.rlhfstreams.learner.objectives;

import java.util.List;

/** Maximum likelihood of the response tokens: the mean over all tokens of the batch of -log p. */
public final class SupervisedObjective {
  private SupervisedObjective() {}

  /**
   * Evaluates a batch.
   *
   * @param logProbabilities [tokens], rows one after the other; the one gradient is by them
   */
  public static ObjectiveResult evaluate(double[] logProbabilities) {
    return ObjectiveGradients.evaluate(
        List.of(logProbabilities), List.of(), (arrays, statistics) -> arrays.get(0).mean().neg());
  }
}
