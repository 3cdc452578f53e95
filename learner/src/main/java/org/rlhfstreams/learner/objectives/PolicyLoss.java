package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** The policy's part of a loss without a value model; how terms are averaged is not its concern. */
public interface PolicyLoss {
  /**
   * Losses of the terms, [terms].
   *
   * @param spans which terms belong to one response
   * @param statistics takes those of the ratio, with TRL's names
   */
  NDArray losses(PolicyTerms<NDArray> terms, ResponseSpans spans, Map<String, NDArray> statistics);
}
