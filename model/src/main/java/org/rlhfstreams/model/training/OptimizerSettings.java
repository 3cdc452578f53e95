package org.rlhfstreams.model.training;

import org.rlhfstreams.model.decoder.ComputeType;

/**
 * AdamW's settings (Loshchilov &amp; Hutter 2019).
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment
 * @param weightDecay applied to matrices, not to norms
 * @param maxGradientNorm global L2 norm that gradients are clipped to; 0 leaves them
 * @param momentType float32, or bfloat16 for half the memory: moments are then rounded at random,
 *     by draws that a resumed run repeats
 */
public record OptimizerSettings(
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double maxGradientNorm,
    ComputeType momentType) {
  /** With moments in float32. */
  public OptimizerSettings(
      double beta1, double beta2, double epsilon, double weightDecay, double maxGradientNorm) {
    this(beta1, beta2, epsilon, weightDecay, maxGradientNorm, ComputeType.FLOAT32);
  }

  public OptimizerSettings {
    if (beta1 < 0 || beta1 >= 1 || beta2 < 0 || beta2 >= 1 || epsilon <= 0) {
      throw new IllegalArgumentException(
          "betas must lie in [0, 1) and epsilon above 0: %s, %s, %s"
              .formatted(beta1, beta2, epsilon));
    }
  }
}
