package org.rlhfstreams.model.files;

/** The upper half of a float32, rounded to nearest, ties to even. */
final class BFloat16 {
  private BFloat16() {}

  static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    int roundingBias = 0x7FFF + ((bits >>> 16) & 1);
    return (short) ((bits + roundingBias) >>> 16);
  }
}
