package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Soft adaptive policy optimisation (Gao et al. 2025, arXiv 2511.20347): a gate that closes
 * smoothly in place of a clip. L = -A sigmoid(tau (ratio - 1)) 4 / tau, whose gradient by the ratio
 * is -A at ratio 1 and fades on both sides, faster the larger tau is.
 *
 * @param temperatureOfGood tau where the advantage is above 0
 * @param temperatureOfBad tau elsewhere; larger, as bad tokens raise many others
 * @param decoupledWeightCap as in {@link ClippedSurrogate}
 */
public record SoftGate(
    double temperatureOfGood, double temperatureOfBad, OptionalDouble decoupledWeightCap)
    implements PolicyLoss {
  @Override
  public NDArray losses(
      PolicyTerms<NDArray> terms, ResponseSpans spans, Map<String, NDArray> statistics) {
    NDArray ratio = ProbabilityRatio.of(terms, statistics);
    NDArray good = ProbabilityRatio.good(terms.advantages());
    NDArray temperatures = good.mul(temperatureOfGood - temperatureOfBad).add(temperatureOfBad);
    NDArray gate = Activation.sigmoid(ratio.sub(1).mul(temperatures));
    NDArray losses = gate.mul(terms.advantages().mul(temperatures.pow(-1).mul(-4)));
    return ProbabilityRatio.decoupled(losses, terms, decoupledWeightCap, statistics);
  }
}
