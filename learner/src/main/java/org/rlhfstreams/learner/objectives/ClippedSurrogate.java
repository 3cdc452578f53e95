package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Map;
import java.util.OptionalDouble;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;

/**
 * The clipped surrogate of a policy gradient (Schulman et al. 2017, eq. 7), with dual clipping (Ye
 * et al. 2020, eq. 5) and decoupled off-policy weights (Hilton et al. 2022, eq. 3). Terms are
 * tokens, or whole responses where a ratio is of a response.
 *
 * @param clipLow how far the ratio may fall below 1 before it stops counting, epsilon
 * @param clipHigh how far the ratio may rise above 1 before it stops counting
 * @param dualClip bound on the loss of terms with a negative advantage, in advantages
 * @param decoupledWeightCap if present, the ratio is against {@code oldLogProbabilities} and terms
 *     are weighed by old over behaviour probability; those that weigh more than this are left out
 */
public record ClippedSurrogate(
    double clipLow, double clipHigh, OptionalDouble dualClip, OptionalDouble decoupledWeightCap) {
  private static final double LARGEST_LOG_RATIO = 20;

  /** The surrogate of an objective as it is configured, with its two clipping bounds. */
  public static ClippedSurrogate of(
      RolloutObjectiveConfiguration settings, double clipLow, double clipHigh) {
    return new ClippedSurrogate(
        clipLow,
        clipHigh,
        settings.dualClip(),
        settings.decoupled()
            ? OptionalDouble.of(settings.decoupledWeightCap())
            : OptionalDouble.empty());
  }

  /**
   * Losses of the terms, [terms].
   *
   * @param statistics takes those of the ratio, with TRL's names
   */
  NDArray losses(PolicyTerms<NDArray> terms, Map<String, NDArray> statistics) {
    NDArray logRatio = bounded(terms.logProbabilities().sub(terms.oldLogProbabilities()));
    NDArray ratio = logRatio.exp();
    statistics.put("policy/approxkl_avg", Scalars.times(logRatio.square().mean(), 0.5));
    statistics.put(
        "policy/clipfrac_avg", share(ratio.gt(1 + clipHigh)).add(share(ratio.lt(1 - clipLow))));
    statistics.put("val/ratio", ratio.mean());
    statistics.put("val/ratio_var", ratio.sub(ratio.mean()).square().mean());
    NDArray losses = clipped(ratio, terms.advantages());
    if (decoupledWeightCap.isEmpty()) {
      return losses;
    }
    NDArray weights =
        bounded(terms.oldLogProbabilities().sub(terms.behaviorLogProbabilities())).exp();
    NDArray kept = weights.lte(decoupledWeightCap.getAsDouble()).toType(DataType.FLOAT64, false);
    statistics.put("off_policy/weight", weights.mean());
    statistics.put("off_policy/dropped", kept.mean().neg().add(1));
    return losses.mul(weights.mul(kept));
  }

  private static NDArray bounded(NDArray logRatio) {
    return logRatio.clip(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO);
  }

  /** L = max(-A ratio, -A clip(ratio, 1 - epsilon low, 1 + epsilon high)). */
  private NDArray clipped(NDArray ratio, NDArray advantages) {
    NDArray unclipped = advantages.mul(ratio).neg();
    NDArray clipped = advantages.mul(ratio.clip(1 - clipLow, 1 + clipHigh)).neg();
    NDArray losses = unclipped.maximum(clipped);
    if (dualClip.isEmpty()) {
      return losses;
    }
    NDArray bad = advantages.lt(0).toType(DataType.FLOAT64, false);
    NDArray bounded = losses.minimum(Scalars.times(advantages, -dualClip.getAsDouble()));
    return bounded.mul(bad).add(losses.mul(bad.neg().add(1)));
  }

  /** Share of terms that fulfil a condition. */
  static NDArray share(NDArray condition) {
    return condition.toType(DataType.FLOAT64, false).mean();
  }
}
