package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Geometric-mean policy optimisation (Zhao et al. 2025, arXiv 2507.20673): the ratio of a response
 * is the geometric mean of its tokens' ratios, each clipped on the side that its advantage pushes
 * to. With l = log pi - log pi_old of a token: L = -A exp(1/|y| sum of c(l)), c(l) = min(l,
 * epsilon) where A is above 0 and max(l, -epsilon) elsewhere.
 *
 * @param clip epsilon, in logarithms
 * @param decoupledWeightCap as in {@link ClippedSurrogate}, on the geometric mean
 */
public record GeometricMean(double clip, OptionalDouble decoupledWeightCap) implements PolicyLoss {
  @Override
  public NDArray losses(
      PolicyTerms<NDArray> terms, ResponseSpans spans, Map<String, NDArray> statistics) {
    ProbabilityRatio.of(terms, statistics);
    NDArray logRatio = terms.logProbabilities().sub(terms.oldLogProbabilities());
    NDArray good = ProbabilityRatio.good(terms.advantages());
    NDArray bad = good.neg().add(1);
    NDArray clipped =
        Scalars.atMost(logRatio, clip).mul(good).add(Scalars.atLeast(logRatio, -clip).mul(bad));
    statistics.put(
        "policy/clipfrac_avg",
        logRatio.sub(clipped).abs().gt(0).toType(logRatio.getDataType(), false).mean());
    NDArray ratio = spans.means(clipped).exp();
    PolicyTerms<NDArray> responses = spans.meansOf(terms);
    NDArray losses = ratio.mul(responses.advantages()).neg();
    return spans.spread(
        ProbabilityRatio.decoupled(losses, responses, decoupledWeightCap, statistics));
  }
}
