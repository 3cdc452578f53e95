package org.rlhfstreams.model.decoder;

import org.rlhfstreams.model.files.ModelConfiguration;

/**
 * Cosines and sines of the rotary position embedding (Su et al. 2021, eq. 34), computed in double
 * precision. Each half of a head's dimensions turns by the same angles.
 *
 * @param cos [positions, head dimension], row-major
 * @param sin [positions, head dimension], row-major
 */
record RopeTables(float[] cos, float[] sin) {

  static RopeTables of(ModelConfiguration configuration, int positions) {
    double[] frequencies = frequencies(configuration);
    int half = frequencies.length;
    float[] cos = new float[positions * half * 2];
    float[] sin = new float[positions * half * 2];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < half; i++) {
        double angle = position * frequencies[i];
        int at = position * half * 2 + i;
        cos[at] = cos[at + half] = (float) Math.cos(angle);
        sin[at] = sin[at + half] = (float) Math.sin(angle);
      }
    }
    return new RopeTables(cos, sin);
  }

  private static double[] frequencies(ModelConfiguration configuration) {
    int half = configuration.headDimension() / 2;
    double[] frequencies = new double[half];
    for (int i = 0; i < half; i++) {
      double frequency = Math.pow(configuration.ropeTheta(), -(double) i / half);
      frequencies[i] = configuration.ropeScaling().scale(frequency);
    }
    return frequencies;
  }
}
