package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * Contrastive preference optimisation (Xu et al. 2024, eq. 3 to 5): DPO whose reference gives every
 * response the same probability, which then drops out, plus imitation of the chosen responses: L =
 * loss(s = log pi) - alpha mean log pi over the tokens of the chosen responses.
 */
public final class ContrastiveObjective implements PairObjective {
  private final PreferenceLosses.Sum losses;
  private final double beta;
  private final double smoothing;
  private final double alpha;

  /**
   * @param formula a loss of {@link PreferenceLosses}, or a weighted sum of some
   * @param beta scale of the log-probabilities, above 0
   * @param smoothing share of wrong labels that cdpo, robust and exo_pair reckon with, in [0, 0.5)
   * @param alpha weight of the imitation; 0 leaves it out
   * @throws IllegalArgumentException if the formula is not understood, or asks for a smoothing
   *     above 0
   */
  public ContrastiveObjective(String formula, double beta, double smoothing, double alpha) {
    this.losses = PreferenceLosses.sum(formula, smoothing);
    this.beta = beta;
    this.smoothing = smoothing;
    this.alpha = alpha;
  }

  @Override
  public boolean needsReference() {
    return false;
  }

  @Override
  public boolean learnsPrompts() {
    return false;
  }

  @Override
  public ObjectiveResult<PairGradients> evaluate(PairSums<double[]> sums) {
    return ObjectiveGradients.evaluate(sums, PairGradients.class, this::loss);
  }

  private NDArray loss(PairSums<NDArray> sums, Map<String, NDArray> statistics) {
    PairTerms pairs = PairTerms.withoutReference(sums, beta, smoothing);
    PairStatistics.put(
        statistics,
        Scalars.times(sums.policyChosen(), beta),
        Scalars.times(sums.policyRejected(), beta));
    PairStatistics.putLogProbabilities(statistics, sums.policyChosen(), sums.policyRejected());
    NDArray loss = losses.of(pairs).mul(sums.weights()).mean();
    return Imitation.added(loss, sums, alpha, statistics);
  }
}
