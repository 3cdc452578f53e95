package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * Group sequence policy optimisation (Zheng et al. 2025, arXiv 2507.18071, eq. 5 and 7): one ratio
 * a response, s = exp(1/|y| sum over its tokens of log pi - log pi_old), and every token of the
 * response has the loss of that ratio, such as -min(s A, clip(s, 1 - epsilon, 1 + epsilon) A).
 * Length-unbiased sequence policy optimisation (arXiv 2602.05261) is the same loss, summed over the
 * tokens of a response instead of averaged.
 *
 * @param loss of a response, whose log-probability is the mean of its tokens'
 */
public record SequenceRatio(PolicyLoss loss) implements PolicyLoss {
  @Override
  public NDArray losses(
      PolicyTerms<NDArray> terms, ResponseSpans spans, Map<String, NDArray> statistics) {
    return spans.spread(loss.losses(spans.meansOf(terms), spans, statistics));
  }
}
