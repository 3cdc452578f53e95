package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.objectives.ObjectiveGradients;
import org.rlhfstreams.learner.objectives.ObjectiveResult;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * Direct preference optimisation and its relatives: a loss on how much further the policy has moved
 * from the reference on the chosen response than on the rejected one.
 */
public final class DirectPreferenceObjective implements PairObjective {
  private final List<PreferenceLosses.Weighted> losses;
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
    this.losses = PreferenceLosses.parse(formula);
    this.beta = beta;
    this.smoothing = smoothing;
    if (smoothing == 0 && losses.stream().anyMatch(term -> term.loss() instanceof ExactPairLoss)) {
      throw new IllegalArgumentException(
          "exo_pair takes the logarithm of the label smoothing: it must be above 0, for example"
              + " 0.001");
    }
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
  public ObjectiveResult evaluate(PairSums sums) {
    return ObjectiveGradients.evaluate(
        List.of(sums.chosen(), sums.rejected()),
        List.of(
            sums.referenceChosen(),
            sums.referenceRejected(),
            sums.chosenTokens(),
            sums.rejectedTokens(),
            sums.weights()),
        this::loss);
  }

  private NDArray loss(List<NDArray> arrays, Map<String, NDArray> statistics) {
    NDArray chosen = arrays.get(0);
    NDArray rejected = arrays.get(1);
    PairTerms pairs =
        new PairTerms(
            chosen,
            rejected,
            chosen.sub(arrays.get(2)),
            rejected.sub(arrays.get(3)),
            arrays.get(4),
            arrays.get(5),
            beta,
            smoothing);
    NDArray loss = null;
    for (PreferenceLosses.Weighted term : losses) {
      NDArray weighted = Scalars.times(term.loss().of(pairs), term.weight());
      loss = loss == null ? weighted : loss.add(weighted);
    }
    NDArray chosenRewards = Scalars.times(pairs.chosenRatio(), beta);
    NDArray rejectedRewards = Scalars.times(pairs.rejectedRatio(), beta);
    PairStatistics.put(statistics, chosenRewards, rejectedRewards);
    statistics.put("logps/chosen", chosen.mean());
    statistics.put("logps/rejected", rejected.mean());
    return loss.mul(arrays.get(6)).mean();
  }
}
