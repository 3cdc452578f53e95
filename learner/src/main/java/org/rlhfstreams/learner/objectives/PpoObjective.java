package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;

/**
 * Proximal policy optimisation (Schulman et al. 2017, eq. 7 and 9), with value clipping and an
 * entropy bonus. All means are over the tokens of the mini-batch.
 *
 * @param surrogate the policy's part
 * @param valueClip how far a value may leave its old one
 * @param valueCoefficient weight of the value loss
 * @param entropyCoefficient weight of the entropy bonus
 */
public record PpoObjective(
    ClippedSurrogate surrogate,
    double valueClip,
    double valueCoefficient,
    double entropyCoefficient) {
  /** Gradients in the result: by log-probability, by entropy, by value. */
  public ObjectiveResult evaluate(PpoTokens tokens) {
    return ObjectiveGradients.evaluate(
        List.of(tokens.logProbabilities(), tokens.entropies(), tokens.values()),
        List.of(
            tokens.oldLogProbabilities(),
            tokens.behaviorLogProbabilities(),
            tokens.advantages(),
            tokens.returns(),
            tokens.oldValues()),
        (arrays, statistics) ->
            loss(
                statistics,
                arrays.get(0),
                arrays.get(1),
                arrays.get(2),
                arrays.get(3),
                arrays.get(4),
                arrays.get(5),
                arrays.get(6),
                arrays.get(7)));
  }

  private NDArray loss(
      Map<String, NDArray> statistics,
      NDArray logProbabilities,
      NDArray entropies,
      NDArray values,
      NDArray oldLogProbabilities,
      NDArray behaviorLogProbabilities,
      NDArray advantages,
      NDArray returns,
      NDArray oldValues) {
    NDArray policyLoss =
        surrogate
            .losses(
                statistics,
                logProbabilities,
                oldLogProbabilities,
                behaviorLogProbabilities,
                advantages)
            .mean();

    NDArray valueErrors = values.sub(returns).square();
    NDArray clippedValues = values.sub(oldValues).clip(-valueClip, valueClip).add(oldValues);
    NDArray clippedErrors = clippedValues.sub(returns).square();
    NDArray valueLoss = Scalars.times(valueErrors.maximum(clippedErrors).mean(), 0.5);

    NDArray entropy = entropies.mean();
    statistics.put("loss/policy_avg", policyLoss);
    statistics.put("loss/value_avg", valueLoss);
    statistics.put("policy/entropy_avg", entropy);
    statistics.put("val/clipfrac_avg", ClippedSurrogate.share(clippedErrors.gt(valueErrors)));
    return policyLoss
        .add(Scalars.times(valueLoss, valueCoefficient))
        .sub(Scalars.times(entropy, entropyCoefficient));
  }
}
