package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Map;
import java.util.OptionalDouble;

/** Probability ratios of terms, and what is reported of them. */
final class ProbabilityRatio {
  private static final double LARGEST_LOG_RATIO = 20;

  private ProbabilityRatio() {}

  /** exp(log pi - log pi_old), [terms]; the exponent is kept within +-20. */
  static NDArray of(PolicyTerms<NDArray> terms, Map<String, NDArray> statistics) {
    NDArray logRatio = bounded(terms.logProbabilities().sub(terms.oldLogProbabilities()));
    NDArray ratio = logRatio.exp();
    statistics.put("policy/approxkl_avg", Scalars.times(logRatio.square().mean(), 0.5));
    statistics.put("val/ratio", ratio.mean());
    statistics.put("val/ratio_var", ratio.sub(ratio.mean()).square().mean());
    return ratio;
  }

  /** A log-ratio within +-20. */
  static NDArray bounded(NDArray logRatio) {
    return logRatio.clip(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO);
  }

  /**
   * Losses weighed by old over behaviour probability (Hilton et al. 2022, eq. 3), without those
   * that weigh more than the cap; the losses themselves where there is no cap.
   */
  static NDArray decoupled(
      NDArray losses,
      PolicyTerms<NDArray> terms,
      OptionalDouble cap,
      Map<String, NDArray> statistics) {
    if (cap.isEmpty()) {
      return losses;
    }
    NDArray weights =
        bounded(terms.oldLogProbabilities().sub(terms.behaviorLogProbabilities())).exp();
    NDArray kept = weights.lte(cap.getAsDouble()).toType(DataType.FLOAT64, false);
    statistics.put("off_policy/weight", weights.mean());
    statistics.put("off_policy/dropped", kept.mean().neg().add(1));
    return losses.mul(weights.mul(kept));
  }

  /** Share of terms that fulfil a condition. */
  static NDArray share(NDArray condition) {
    return condition.toType(DataType.FLOAT64, false).mean();
  }

  /** 1 where an advantage is above 0, else 0; [terms]. */
  static NDArray good(NDArray advantages) {
    return advantages.gt(0).toType(DataType.FLOAT64, false);
  }
}
