package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Proximal policy optimisation (Schulman et al. 2017, eq. 7 and 9), with value clipping, an entropy
 * bonus, dual clipping (Ye et al. 2020, eq. 5) and decoupled off-policy weights (Hilton et al.
 * 2022, eq. 3). All means are over the tokens of the mini-batch.
 *
 * @param clip how far the ratio may leave 1 before it stops counting, epsilon
 * @param valueClip how far a value may leave its old one
 * @param valueCoefficient weight of the value loss
 * @param entropyCoefficient weight of the entropy bonus
 * @param dualClip bound on the loss of tokens with a negative advantage, in advantages
 * @param decoupledWeightCap where present, the ratio is against {@code oldLogProbabilities} and
 *     tokens are weighed by old over behaviour probability; those that weigh more than this are
 *     left out
 */
public record PpoObjective(
    double clip,
    double valueClip,
    double valueCoefficient,
    double entropyCoefficient,
    OptionalDouble dualClip,
    OptionalDouble decoupledWeightCap) {
  private static final double LARGEST_LOG_RATIO = 20;

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
    NDArray logRatio =
        logProbabilities.sub(oldLogProbabilities).clip(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO);
    NDArray ratio = logRatio.exp();
    NDArray policyLosses = policyLosses(ratio, advantages);
    if (decoupledWeightCap.isPresent()) {
      NDArray weights =
          oldLogProbabilities
              .sub(behaviorLogProbabilities)
              .clip(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO)
              .exp();
      NDArray kept = weights.lte(decoupledWeightCap.getAsDouble()).toType(DataType.FLOAT64, false);
      policyLosses = policyLosses.mul(weights.mul(kept));
      statistics.put("off_policy/weight", weights.mean());
      statistics.put("off_policy/dropped", kept.mean().neg().add(1));
    }
    NDArray policyLoss = policyLosses.mean();

    NDArray valueErrors = values.sub(returns).square();
    NDArray clippedValues = values.sub(oldValues).clip(-valueClip, valueClip).add(oldValues);
    NDArray clippedErrors = clippedValues.sub(returns).square();
    NDArray valueLoss = Scalars.times(valueErrors.maximum(clippedErrors).mean(), 0.5);

    NDArray entropy = entropies.mean();
    statistics.put("loss/policy_avg", policyLoss);
    statistics.put("loss/value_avg", valueLoss);
    statistics.put("policy/entropy_avg", entropy);
    statistics.put("policy/approxkl_avg", Scalars.times(logRatio.square().mean(), 0.5));
    statistics.put("policy/clipfrac_avg", share(ratio.sub(1).abs().gt(clip)));
    statistics.put("val/clipfrac_avg", share(clippedErrors.gt(valueErrors)));
    statistics.put("val/ratio", ratio.mean());
    statistics.put("val/ratio_var", ratio.sub(ratio.mean()).square().mean());
    return policyLoss
        .add(Scalars.times(valueLoss, valueCoefficient))
        .sub(Scalars.times(entropy, entropyCoefficient));
  }

  /** L = max(-A ratio, -A clip(ratio, 1 - epsilon, 1 + epsilon)). */
  private NDArray policyLosses(NDArray ratio, NDArray advantages) {
    NDArray unclipped = advantages.mul(ratio).neg();
    NDArray clipped = advantages.mul(ratio.clip(1 - clip, 1 + clip)).neg();
    NDArray losses = unclipped.maximum(clipped);
    if (dualClip.isEmpty()) {
      return losses;
    }
    NDArray bad = advantages.lt(0).toType(DataType.FLOAT64, false);
    NDArray bounded = losses.minimum(Scalars.times(advantages, -dualClip.getAsDouble()));
    return bounded.mul(bad).add(losses.mul(bad.neg().add(1)));
  }

  private static NDArray share(NDArray condition) {
    return condition.toType(DataType.FLOAT64, false).mean();
  }
}
