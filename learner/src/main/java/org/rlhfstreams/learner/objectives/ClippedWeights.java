package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * CISPO (MiniMax 2025, arXiv 2506.13585, eq. 4 and 5): the importance weight is clipped, not the
 * token, so that every token keeps a gradient. L = -stop(min(ratio, cap)) A log pi. There is no
 * bound from below, as in the paper's runs and in TRL.
 *
 * @param cap largest weight, epsilon_max in ScaleRL (Khatri et al. 2025, arXiv 2510.13786)
 * @param decoupledWeightCap as in {@link ClippedSurrogate}
 */
public record ClippedWeights(double cap, OptionalDouble decoupledWeightCap) implements PolicyLoss {
  @Override
  public NDArray losses(
      PolicyTerms<NDArray> terms, ResponseSpans spans, Map<String, NDArray> statistics) {
    NDArray ratio = ProbabilityRatio.of(terms, statistics).stopGradient();
    statistics.put("policy/clipfrac_avg", ProbabilityRatio.share(ratio.gt(cap)));
    NDArray weights = Scalars.atMost(ratio, cap).mul(terms.advantages());
    NDArray losses = weights.mul(terms.logProbabilities()).neg();
    return ProbabilityRatio.decoupled(losses, terms, decoupledWeightCap, statistics);
  }
}
