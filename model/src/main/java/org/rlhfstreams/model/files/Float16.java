package org.rlhfstreams.model.files;

/** IEEE 754 half precision. */
final class Float16 {
  /** From here on, the nearest half is infinite. */
  private static final int OVERFLOW = Float.floatToRawIntBits(65520f);

  private static final int SMALLEST_NORMAL = Float.floatToRawIntBits(0x1p-14f);

  private Float16() {}

  static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1F;
    int mantissa = half & 0x3FF;
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wideExponent = exponent == 31 ? 255 : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | (wideExponent << 23) | (mantissa << 13));
  }

  /** The nearest half; ties go to the even one. */
  static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7FFFFFFF;
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7E00 | ((magnitude >>> 13) & 0x3FF));
    }
    if (magnitude >= OVERFLOW) {
      return (short) (sign | 0x7C00);
    }
    if (magnitude < SMALLEST_NORMAL) {
      // Multiples of 2^-24 lie one unit apart in the floats from 1/2 to 1, so that the addition
      // rounds as a half must, and its low bits are the half's.
      int rounded = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f);
      return (short) (sign | (rounded - Float.floatToRawIntBits(0.5f)));
    }
    int roundingBias = 0xFFF + ((magnitude >>> 13) & 1);
    return (short) (sign | ((magnitude - ((127 - 15) << 23) + roundingBias) >>> 13));
  }
}
