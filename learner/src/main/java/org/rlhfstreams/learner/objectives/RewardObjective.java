package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Map;

/**
 * The Bradley-Terry likelihood of preferences (Ouyang et al. 2022, eq. 1): the mean over pairs of
 * -log sigmoid(chosen - rejected - margin), plus an optional pull of the scores' sum to zero
 * (Eisenstein et al. 2023, eq. 2).
 *
 * @param centeringCoefficient weight of the squared sum of a pair's scores; 0 leaves it out
 */
public record RewardObjective(double centeringCoefficient) {

  /**
   * Evaluates a batch; all arrays are [pairs].
   *
   * @param margins by how much the chosen one must lead; 0 where nothing is known
   * @param weights of the pairs in the loss, 1 by default
   * @return gradients by chosen and by rejected score
   */
  public ObjectiveResult evaluate(
      double[] chosen, double[] rejected, double[] margins, double[] weights) {
    return ObjectiveGradients.evaluate(
        List.of(chosen, rejected), List.of(margins, weights), this::loss);
  }

  private NDArray loss(List<NDArray> arrays, Map<String, NDArray> statistics) {
    NDArray chosen = arrays.get(0);
    NDArray rejected = arrays.get(1);
    NDArray margins = arrays.get(2);
    NDArray weights = arrays.get(3);
    NDArray lead = chosen.sub(rejected);
    NDArray loss = minusLogSigmoid(lead.sub(margins)).mul(weights).mean();
    if (centeringCoefficient > 0) {
      NDArray sums = chosen.add(rejected).square().mul(weights);
      loss = loss.add(Scalars.times(sums.mean(), centeringCoefficient));
    }
    NDArray scores = chosen.concat(rejected);
    statistics.put("accuracy", lead.gt(0).toType(DataType.FLOAT64, false).mean());
    statistics.put("margin", lead.mean());
    statistics.put("min_reward", scores.min());
    statistics.put("mean_reward", scores.mean());
    statistics.put("max_reward", scores.max());
    return loss;
  }

  /** log(1 + exp(-x)) without overflow: max(-x, 0) + log(1 + exp(-|x|)). */
  private static NDArray minusLogSigmoid(NDArray x) {
    return Scalars.atLeast(x.neg(), 0).add(x.abs().neg().exp().add(1).log());
  }
}
