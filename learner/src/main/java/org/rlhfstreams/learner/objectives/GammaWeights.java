package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * Variational sequence-level soft policy optimisation (arXiv 2602.10693): with w the ratio of a
 * whole response's probability to that of the policy that sampled it, its tokens are weighed by
 * phi(w) = exp(lambda) w^k exp(-lambda w), which is 1 at w = 1 and falls on both sides. L =
 * -stop(phi(w)) A log pi. log w is kept within log(1e-8) and 20.
 *
 * @param good where the advantage is 0 or more
 * @param bad where it is below 0
 */
public record GammaWeights(Shape good, Shape bad) implements PolicyLoss {
  private static final double LOWEST = Math.log(1e-8);
  private static final double HIGHEST = 20;

  /**
   * How weights fall.
   *
   * @param k power of the ratio: how fast they fall below 1
   * @param lambda decay: how fast they fall above 1
   */
  public record Shape(double k, double lambda) {}

  @Override
  public NDArray losses(
      PolicyTerms<NDArray> terms, ResponseSpans spans, Map<String, NDArray> statistics) {
    ProbabilityRatio.of(terms, statistics);
    NDArray logRatio =
        ProbabilityRatio.bounded(
            terms.logProbabilities().sub(terms.behaviorLogProbabilities()).stopGradient());
    NDArray logWeight = spans.spread(spans.sums(logRatio).clip(LOWEST, HIGHEST));
    NDArray isBad = terms.advantages().lt(0).toType(logRatio.getDataType(), false);
    NDArray k = isBad.mul(bad.k() - good.k()).add(good.k());
    NDArray lambda = isBad.mul(bad.lambda() - good.lambda()).add(good.lambda());
    NDArray phi = lambda.add(k.mul(logWeight)).sub(lambda.mul(logWeight.exp())).exp();
    statistics.put("policy/sequence_weight", phi.mean());
    return phi.mul(terms.advantages()).mul(terms.logProbabilities()).neg();
  }
}
