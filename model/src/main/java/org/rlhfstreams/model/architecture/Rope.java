package org.rlhfstreams.model.architecture;

/**
 * The rotary position embedding (Su et al. 2021).
 *
 * @param theta base of the frequencies
 * @param scaling how they are stretched
 */
public record Rope(double theta, RopeScaling scaling) {
  /**
   * Radians a position, for each pair of a head's dimensions.
   *
   * @param headDimension even
   * @param length tokens of the sequence
   */
  public double[] frequencies(int headDimension, int length) {
    return scaling.frequencies(theta, headDimension, length);
  }
}
