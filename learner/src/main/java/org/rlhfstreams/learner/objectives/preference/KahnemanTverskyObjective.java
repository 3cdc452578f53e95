package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
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

  /** The loss of a batch and its gradient. */
  public ObjectiveResult<LabelledGradients> evaluate(LabelledSums<double[]> sums) {
    double distance = Math.max(0, Arrays.stream(sums.mismatchedRatios()).average().orElse(0));
    return ObjectiveGradients.evaluate(
        sums,
        LabelledGradients.class,
        (LabelledSums<NDArray> arrays, Map<String, NDArray> statistics) ->
            loss(arrays, arrays.policy().getManager().create(distance), statistics));
  }

  private NDArray loss(
      LabelledSums<NDArray> sums, NDArray distance, Map<String, NDArray> statistics) {
    NDArray ratio = sums.policy().sub(sums.reference());
    NDArray desirable = sums.desirable();
    NDArray undesirable = desirable.neg().add(1);
    NDArray lead = Scalars.times(ratio.sub(distance), beta);
    NDArray gained = Scalars.times(LogSigmoid.of(lead).exp().neg().add(1), desirableWeight);
    NDArray avoided =
        Scalars.times(LogSigmoid.of(lead.neg()).exp().neg().add(1), undesirableWeight);
    NDArray rewards = Scalars.times(ratio, beta);
    NDArray chosen = mean(rewards, desirable);
    NDArray rejected = mean(rewards, undesirable);
    statistics.put("kl", distance);
    statistics.put("rewards/chosen", chosen);
    statistics.put("rewards/rejected", rejected);
    statistics.put("rewards/margins", chosen.sub(rejected));
    statistics.put("logps/chosen", mean(sums.policy(), desirable));
    statistics.put("logps/rejected", mean(sums.policy(), undesirable));
    return gained.mul(desirable).add(avoided.mul(undesirable)).mul(sums.weights()).mean();
  }

  /** 0 if the batch has none of a kind. */
  private static NDArray mean(NDArray values, NDArray members) {
    return values.mul(members).sum().div(Scalars.atLeast(members.sum(), 1));
  }
}
