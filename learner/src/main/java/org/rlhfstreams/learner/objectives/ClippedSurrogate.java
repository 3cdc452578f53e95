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
    double clipLow, double clipHigh, OptionalDouble dualClip, OptionalDouble decoupledWeightCap)
    implements PolicyLoss {
  /** The surrogate of an objective as it is configured, with its two clipping bounds. */
  public static ClippedSurrogate of(
      RolloutObjectiveConfiguration settings, double clipLow, double clipHigh) {
    return new ClippedSurrogate(clipLow, clipHigh, settings.dualClip(), weightCap(settings));
  }

  /** The cap of decoupled weights; empty if they are not configured. */
  public static OptionalDouble weightCap(RolloutObjectiveConfiguration settings) {
    return settings.decoupled()
        ? OptionalDouble.of(settings.decoupledWeightCap())
        : OptionalDouble.empty();
  }

  @Override
  public NDArray losses(
      PolicyTerms<NDArray> terms, ResponseSpans spans, Map<String, NDArray> statistics) {
    return losses(terms, statistics);
  }

  /**
   * Losses of the terms, [terms].
   *
   * @param statistics takes those of the ratio, with TRL's names
   */
  NDArray losses(PolicyTerms<NDArray> terms, Map<String, NDArray> statistics) {
    NDArray ratio = ProbabilityRatio.of(terms, statistics);
    statistics.put(
        "policy/clipfrac_avg",
        ProbabilityRatio.share(ratio.gt(1 + clipHigh))
            .add(ProbabilityRatio.share(ratio.lt(1 - clipLow))));
    return ProbabilityRatio.decoupled(
        clipped(ratio, terms.advantages()), terms, decoupledWeightCap, statistics);
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
}
