package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToDoubleFunction;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Conversions against the definition: no neighbour is nearer, and of two as near, the even one. */
final class HalfPrecisionTest {
  @Example
  void everyHalfAndEveryBfloat16ComesBackAsItWas() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float half = Float16.toFloat((short) bits);
      boolean quiet = !Float.isNaN(half) || (bits & 0x200) != 0;
      if (quiet) {
        assertThat(Float16.fromFloat(half)).isEqualTo((short) bits);
      }
      float brain = Float.intBitsToFloat(bits << 16);
      if (!Float.isNaN(brain) || (bits & 0x40) != 0) {
        assertThat(BFloat16.fromFloat(brain)).isEqualTo((short) bits);
      }
    }
  }

  @Property(tries = 20_000)
  void aHalfIsTheNearest(@ForAll int bits) {
    checkHalf(Float.intBitsToFloat(bits));
  }

  @Property(tries = 20_000)
  void aHalfIsTheNearestAtAndAroundTies(@ForAll short half, @ForAll byte away) {
    float low = Float16.toFloat((short) (half & 0x7FFF));
    float high = Float16.toFloat((short) ((half & 0x7FFF) + 1));
    float middle = (low + high) / 2;
    if (Float.isFinite(middle)) {
      checkHalf(Float.intBitsToFloat(Math.max(0, Float.floatToRawIntBits(middle) + away % 3)));
    }
  }

  @Property(tries = 20_000)
  void aBfloat16IsTheNearest(@ForAll int bits, @ForAll boolean tie) {
    float value = Float.intBitsToFloat(tie ? (bits & 0xFFFF0000) | 0x8000 : bits);
    short rounded = BFloat16.fromFloat(value);
    if (Float.isNaN(value)) {
      assertThat(Float.intBitsToFloat(rounded << 16)).isNaN();
      return;
    }
    checkNearest(value, rounded, 0x7F80, HalfPrecisionTest::brain);
  }

  /** What infinity would be, were the exponents to go on. */
  private static double brain(int magnitude) {
    return magnitude == 0x7F80 ? 0x1p128 : Float.intBitsToFloat(magnitude << 16);
  }

  private static void checkHalf(float value) {
    short rounded = Float16.fromFloat(value);
    if (Float.isNaN(value)) {
      assertThat(Float16.toFloat(rounded)).isNaN();
      return;
    }
    checkNearest(
        value,
        rounded,
        0x7C00,
        magnitude -> magnitude == 0x7C00 ? 65536 : Float16.toFloat((short) magnitude));
  }

  private static void checkNearest(
      float value, short rounded, int infinity, IntToDoubleFunction decoded) {
    assertThat(rounded < 0).as("sign").isEqualTo(Float.floatToRawIntBits(value) < 0);
    int magnitude = rounded & 0x7FFF;
    assertThat(magnitude).isLessThanOrEqualTo(infinity);
    double wanted = Math.abs((double) value);
    if (wanted > decoded.applyAsDouble(infinity)) {
      assertThat(magnitude).isEqualTo(infinity);
      return;
    }
    double error = Math.abs(decoded.applyAsDouble(magnitude) - wanted);
    for (int neighbour : new int[] {magnitude - 1, magnitude + 1}) {
      if (neighbour >= 0 && neighbour <= infinity) {
        double other = Math.abs(decoded.applyAsDouble(neighbour) - wanted);
        assertThat(other).isGreaterThanOrEqualTo(error);
        if (other == error) {
          assertThat(magnitude % 2).as("even").isZero();
        }
      }
    }
  }
}
