package org.rlhfstreams.model.architecture;

/** How rotary frequencies are stretched for contexts longer than those of pre-training. */
public sealed interface RopeScaling
    permits RopeScaling.None,
        RopeScaling.Linear,
        RopeScaling.Dynamic,
        RopeScaling.Llama3,
        YarnScaling {

  /**
   * Radians a position, for each pair of a head's dimensions.
   *
   * @param length tokens of the sequence
   */
  double[] frequencies(double theta, int headDimension, int length);

  /** What cosines and sines are multiplied by. */
  default double magnitude() {
    return 1;
  }

  /**
   * The length that a sequence's frequencies are those of: sequences of equal value share them.
   *
   * @param length tokens of the sequence
   */
  default int lengthClass(int length) {
    return 0;
  }

  /** Longest sequence, for the positions that {@code config.json} names. */
  default int reach(int maxPositions) {
    return maxPositions;
  }

  /** theta to the power of -2i/dimension (Su et al. 2021, eq. 15). */
  static double[] plain(double theta, int headDimension) {
    int half = headDimension / 2;
    double[] frequencies = new double[half];
    for (int i = 0; i < half; i++) {
      frequencies[i] = Math.pow(theta, -(double) i / half);
    }
    return frequencies;
  }

  /** As pre-trained. */
  record None() implements RopeScaling {
    @Override
    public double[] frequencies(double theta, int headDimension, int length) {
      return plain(theta, headDimension);
    }
  }

  /** Positions divided by a factor (Chen et al. 2023). */
  record Linear(double factor) implements RopeScaling {
    @Override
    public double[] frequencies(double theta, int headDimension, int length) {
      double[] frequencies = plain(theta, headDimension);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= factor;
      }
      return frequencies;
    }
  }

  /**
   * NTK-aware: the base grows with the sequence once it is longer than in pre-training.
   *
   * @param originalPositions context length of pre-training
   */
  record Dynamic(double factor, int originalPositions) implements RopeScaling {
    @Override
    public double[] frequencies(double theta, int headDimension, int length) {
      double stretch =
          factor * Math.max(length, originalPositions) / originalPositions - (factor - 1);
      double exponent = headDimension / (headDimension - 2.0);
      return plain(theta * Math.pow(stretch, exponent), headDimension);
    }

    @Override
    public int lengthClass(int length) {
      return length > originalPositions ? length : 0;
    }

    @Override
    public int reach(int maxPositions) {
      return (int) Math.max(maxPositions, Math.min(Integer.MAX_VALUE, factor * maxPositions));
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
    public double[] frequencies(double theta, int headDimension, int length) {
      double[] frequencies = plain(theta, headDimension);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = scale(frequencies[i]);
      }
      return frequencies;
    }

    private double scale(double frequency) {
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
