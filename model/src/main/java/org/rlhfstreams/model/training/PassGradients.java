package org.rlhfstreams.model.training;

/**
 * Gradients of a loss on a pass's outputs, a row each; a component is null where the loss does not
 * use it.
 *
 * @param logProbabilities [rows][response tokens]
 * @param entropies [rows][response tokens]
 * @param values [rows][response tokens], or [rows][1] for scores
 */
public record PassGradients(float[][] logProbabilities, float[][] entropies, float[][] values) {
  /** Of a loss on log-probabilities alone. */
  public static PassGradients ofLogProbabilities(float[][] logProbabilities) {
    return new PassGradients(logProbabilities, null, null);
  }

  /** Of a loss on values or scores alone. */
  public static PassGradients ofValues(float[][] values) {
    return new PassGradients(null, null, values);
  }
}
