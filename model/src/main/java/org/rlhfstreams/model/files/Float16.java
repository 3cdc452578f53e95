package org.rlhfstreams.model.files;

/** IEEE 754 half precision. */
final class Float16 {
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
}
