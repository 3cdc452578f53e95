package org.rlhfstreams.model.architecture;

/**
 * YaRN (Peng et al. 2023): fast-turning dimensions are kept, slow ones divided by the factor, with
 * a ramp between, and attention is made sharper.
 *
 * @param originalPositions context length of pre-training
 * @param betaFast turns over that length above which a dimension is kept
 * @param betaSlow turns below which it is divided by the whole factor
 * @param truncate whether the ramp begins and ends at whole dimensions
 * @param magnitude what cosines and sines are multiplied by (section 3.4)
 */
public record YarnScaling(
    double factor,
    int originalPositions,
    double betaFast,
    double betaSlow,
    boolean truncate,
    double magnitude)
    implements RopeScaling {

  /** Equation 22: 0.1 ln(factor) + 1, its logarithm weighted. */
  static double magnitude(double factor, double weight) {
    return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
  }

  @Override
  public double[] frequencies(double theta, int headDimension, int length) {
    double low = dimensionOf(betaFast, theta, headDimension);
    double high = dimensionOf(betaSlow, theta, headDimension);
    if (truncate) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, headDimension - 1.0);
    if (low == high) {
      high += 0.001; // a ramp needs some width
    }
    double[] frequencies = RopeScaling.plain(theta, headDimension);
    for (int i = 0; i < frequencies.length; i++) {
      double slow = Math.min(1, Math.max(0, (i - low) / (high - low)));
      frequencies[i] = frequencies[i] / factor * slow + frequencies[i] * (1 - slow);
    }
    return frequencies;
  }

  /** The dimension pair that turns so many times over the original context. */
  private double dimensionOf(double turns, double theta, int headDimension) {
    return headDimension
        * Math.log(originalPositions / (turns * 2 * Math.PI))
        / (2 * Math.log(theta));
  }

  @Override
  public int reach(int maxPositions) {
    return (int) Math.max(maxPositions, Math.min(Integer.MAX_VALUE, factor * originalPositions));
  }
}
