package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;

/**
 * The Bradley-Terry likelihood of preferences (Ouyang et al. 2022, eq. 1): the mean over pairs of
 * -log sigmoid(chosen - rejected - margin), plus an optional pull of the scores' sum to zero
 * (Eisenstein et al. 2023, eq. 2).
 *
 * @param centeringCoefficient weight of the squared sum of a pair's scores; 0 leaves it out
 */
public record RewardObjective(double centeringCoefficient) {

  /** The loss of a batch and its gradients. */
  public ObjectiveResult<RewardGradients> evaluate(RewardScores<double[]> scores) {
    return ObjectiveGradients.evaluate(scores, RewardGradients.class, this::loss);
  }

  private NDArray loss(RewardScores<NDArray> scores, Map<String, NDArray> statistics) {
    NDArray lead = scores.chosen().sub(scores.rejected());
    NDArray loss = minusLogSigmoid(lead.sub(scores.margins())).mul(scores.weights()).mean();
    if (centeringCoefficient > 0) {
      NDArray sums = scores.chosen().add(scores.rejected()).square().mul(scores.weights());
      loss = loss.add(Scalars.times(sums.mean(), centeringCoefficient));
    }
    NDArray all = scores.chosen().concat(scores.rejected());
    statistics.put("accuracy", lead.gt(0).toType(DataType.FLOAT64, false).mean());
    statistics.put("margin", lead.mean());
    statistics.put("min_reward", all.min());
    statistics.put("mean_reward", all.mean());
    statistics.put("max_reward", all.max());
    return loss;
  }

  /** log(1 + exp(-x)) without overflow: max(-x, 0) + log(1 + exp(-|x|)). */
  private static NDArray minusLogSigmoid(NDArray x) {
    return Scalars.atLeast(x.neg(), 0).add(x.abs().neg().exp().add(1).log());
  }
}
