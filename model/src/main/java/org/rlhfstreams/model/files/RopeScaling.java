package org.rlhfstreams.model.files;

/** How rotary frequencies are stretched for contexts longer than those of pre-training. */
public sealed interface RopeScaling {
  /** The frequency to use, in radians a position, for an unscaled one. */
  double scale(double frequency);

  /** As pre-trained. */
  record None() implements RopeScaling {
    @Override
    public double scale(double frequency) {
      return frequency;
    }
  }

  /** Positions divided by a factor (Chen et al. 2023). */
  record Linear(double factor) implements RopeScaling {
    @Override
    public double scale(double frequency) {
      return frequency / factor;
    }
  }

  /**
   * Llama 3.1's: long wavelengths divided by the factor, short ones kept, those between blended.
   *
   * @param originalPositions context length of pre-training
   */
  record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions)
      implements RopeScaling {
    @Override
    public double scale(double frequency) {
      double wavelength = 2 * Math.PI / frequency;
      if (wavelength > originalPositions / lowFrequencyFactor) {
        return frequency / factor;
      }
      if (wavelength < originalPositions / highFrequencyFactor) {
        return frequency;
      }
      double smooth =
          (originalPositions / wavelength - lowFrequencyFactor)
              / (highFrequencyFactor - lowFrequencyFactor);
      return (1 - smooth) * frequency / factor + smooth * frequency;
    }
  }
}
