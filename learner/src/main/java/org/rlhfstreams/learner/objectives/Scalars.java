package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;

/**
 * Arithmetic with plain numbers in formulas that are differentiated. DJL's own puts the number into
 * Java memory that the collector may free before the backward pass reads it again, and a gradient
 * then comes out as 0; here it lives as long as the array's manager.
 */
public final class Scalars {
  private Scalars() {}

  /** x times a number. */
  public static NDArray times(NDArray x, double factor) {
    return x.mul(x.getManager().create(factor));
  }

  /** x, or the number where that is larger. */
  public static NDArray atLeast(NDArray x, double bound) {
    return x.maximum(x.getManager().create(bound));
  }

  /** x, or the number where that is smaller. */
  public static NDArray atMost(NDArray x, double bound) {
    return x.minimum(x.getManager().create(bound));
  }
}
