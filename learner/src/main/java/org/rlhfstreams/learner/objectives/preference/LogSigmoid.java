package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import org.rlhfstreams.learner.objectives.Scalars;

/** The logarithm of the logistic function, exact far from 0. */
public final class LogSigmoid {
  private LogSigmoid() {}

  /** log(1 / (1 + exp(-x))) as min(x, 0) - log(1 + exp(-|x|)). */
  public static NDArray of(NDArray x) {
    return Scalars.atMost(x, 0).sub(x.abs().neg().exp().add(1).log());
  }
}
