package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.objectives.ObjectiveGradients;
import org.rlhfstreams.learner.objectives.ObjectiveResult;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * Kahneman-Tversky optimisation (Ethayarajh et al. 2024, eq. 8): the value of single labelled
 * responses, measured from the policy's mean distance to the reference.
 *
 * @param beta how strongly the reference holds the policy
 * @param desirableWeight weight of desirable responses, lambda_D
 * @param undesirableWeight weight of undesirable ones, lambda_U
 */
public record KahnemanTverskyObjective(
    double beta, double desirableWeight, double undesirableWeight) {

  /** The one gradient is by {@code policy}. */
  public ObjectiveResult evaluate(LabelledSums sums) {
    double reached = Math.max(0, Arrays.stream(sums.mismatchedRatios()).average().orElse(0));
    return ObjectiveGradients.evaluate(
        List.of(sums.policy()),
        List.of(sums.reference(), sums.desirable(), sums.weights(), new double[] {reached}),
        this::loss);
  }

  private NDArray loss(List<NDArray> arrays, Map<String, NDArray> statistics) {
    NDArray ratio = arrays.get(0).sub(arrays.get(1));
    NDArray desirable = arrays.get(2);
    NDArray undesirable = desirable.neg().add(1);
    NDArray lead = Scalars.times(ratio.sub(arrays.get(4)), beta);
    NDArray gained = Scalars.times(LogSigmoid.of(lead).exp().neg().add(1), desirableWeight);
    NDArray avoided =
        Scalars.times(LogSigmoid.of(lead.neg()).exp().neg().add(1), undesirableWeight);
    NDArray rewards = Scalars.times(ratio, beta);
    NDArray chosen = mean(rewards, desirable);
    NDArray rejected = mean(rewards, undesirable);
    statistics.put("kl", arrays.get(4));
    statistics.put("rewards/chosen", chosen);
    statistics.put("rewards/rejected", rejected);
    statistics.put("rewards/margins", chosen.sub(rejected));
    statistics.put("logps/chosen", mean(arrays.get(0), desirable));
    statistics.put("logps/rejected", mean(arrays.get(0), undesirable));
    return gained.mul(desirable).add(avoided.mul(undesirable)).mul(arrays.get(3)).mean();
  }

  /** 0 where the batch has none of a kind. */
  private static NDArray mean(NDArray values, NDArray members) {
    return values.mul(members).sum().div(Scalars.atLeast(members.sum(), 1));
  }
}
