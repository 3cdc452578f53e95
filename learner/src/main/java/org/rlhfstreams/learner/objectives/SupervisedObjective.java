package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;

/** Maximum likelihood of the response tokens: the mean over all tokens of the batch of -log p. */
public final class SupervisedObjective {
  private SupervisedObjective() {}

  private record Tokens<A>(A logProbabilities) {}

  /**
   * Evaluates a batch.
   *
   * @param logProbabilities [tokens], rows one after the other
   */
  public static ObjectiveResult<LogProbabilityGradients> evaluate(double[] logProbabilities) {
    return ObjectiveGradients.evaluate(
        new Tokens<>(logProbabilities), LogProbabilityGradients.class, SupervisedObjective::loss);
  }

  private static NDArray loss(Tokens<NDArray> tokens, Map<String, NDArray> statistics) {
    return tokens.logProbabilities().mean().neg();
  }
}
