package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * Direct preference optimisation and its relatives: a loss on how much further the policy has moved
 * from the reference on the chosen response than on the rejected one.
 */
public final class DirectPreferenceObjective implements PairObjective {
  private final PreferenceLosses.Sum losses;
  private final double beta;
  private final double smoothing;

  /**
   * @param formula a loss of {@link PreferenceLosses}, or a weighted sum of some
   * @param beta how strongly the reference holds the policy, above 0
   * @param smoothing share of wrong labels that cdpo, robust and exo_pair reckon with, in [0, 0.5)
   * @throws IllegalArgumentException where the formula is not understood, or asks for a smoothing
   *     above 0
   */
  public DirectPreferenceObjective(String formula, double beta, double smoothing) {
    this.losses = PreferenceLosses.sum(formula, smoothing);
    this.beta = beta;
    this.smoothing = smoothing;
  }

  @Override
  public boolean needsReference() {
    return true;
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
    PairTerms pairs = PairTerms.of(sums, beta, smoothing);
    NDArray loss = losses.of(pairs);
    NDArray chosenRewards = Scalars.times(pairs.chosenRatio(), beta);
    NDArray rejectedRewards = Scalars.times(pairs.rejectedRatio(), beta);
    PairStatistics.put(statistics, chosenRewards, rejectedRewards);
    PairStatistics.putLogProbabilities(statistics, sums.policyChosen(), sums.policyRejected());
    return loss.mul(sums.weights()).mean();
  }
}
