package org.rlhfstreams.scorers.math;

import java.math.BigInteger;
import org.apache.commons.numbers.fraction.BigFraction;

/**
 * Calculates with fractions as long as it can, and in float64 from then on. Numbers of more than
 * {@value #MOST_BITS} bits are given up, so that no answer takes long.
 */
final class ExactArithmetic {
  static final int MOST_BITS = 4_096;

  private ExactArithmetic() {}

  /** Ends the reading of an answer that stands for no value. */
  static final class NotValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotValueException() {
      super("", null, false, false); // flow of control: answers without a value are frequent
    }
  }

  static MathValue exact(BigFraction number) {
    if (number.getNumerator().bitLength() > MOST_BITS
        || number.getDenominator().bitLength() > MOST_BITS) {
      throw new NotValueException();
    }
    return new MathValue.Exact(number, false);
  }

  static MathValue approximate(double number) {
    if (!Double.isFinite(number)) {
      throw new NotValueException();
    }
    return new MathValue.Approximate(number, false);
  }

  static MathValue add(MathValue first, MathValue second) {
    return first instanceof MathValue.Exact one && second instanceof MathValue.Exact other
        ? exact(one.number().add(other.number()))
        : approximate(number(first) + number(second));
  }

  static MathValue multiply(MathValue first, MathValue second) {
    return first instanceof MathValue.Exact one && second instanceof MathValue.Exact other
        ? exact(one.number().multiply(other.number()))
        : approximate(number(first) * number(second));
  }

  static MathValue negate(MathValue value) {
    return multiply(value, exact(BigFraction.of(-1)));
  }

  static MathValue divide(MathValue first, MathValue second) {
    if (number(second) == 0) {
      throw new NotValueException();
    }
    return first instanceof MathValue.Exact one && second instanceof MathValue.Exact other
        ? exact(one.number().divide(other.number()))
        : approximate(number(first) / number(second));
  }

  static MathValue power(MathValue base, MathValue exponent) {
    if (base instanceof MathValue.Exact one
        && exponent instanceof MathValue.Exact other
        && other.number().getDenominator().equals(BigInteger.ONE)) {
      BigInteger times = other.number().getNumerator();
      int bits =
          Math.max(
              one.number().getNumerator().bitLength(), one.number().getDenominator().bitLength());
      if (times.bitLength() > 12 || (long) bits * Math.abs(times.intValue()) > MOST_BITS) {
        throw new NotValueException();
      }
      if (times.signum() < 0 && one.number().signum() == 0) {
        throw new NotValueException();
      }
      return exact(one.number().pow(times.intValue()));
    }
    return approximate(Math.pow(number(base), number(exponent)));
  }

  /** A root; exact if it is a whole number's of a whole number. */
  static MathValue root(MathValue value, int degree) {
    double number = number(value);
    if (degree < 2 || number < 0) {
      throw new NotValueException();
    }
    double root = degree == 2 ? Math.sqrt(number) : Math.pow(number, 1.0 / degree);
    if (value instanceof MathValue.Exact one && root < 1e9) {
      BigFraction rounded = BigFraction.of(Math.round(root));
      if (rounded.pow(degree).equals(one.number())) {
        return exact(rounded);
      }
    }
    return approximate(root);
  }

  static double number(MathValue value) {
    if (value instanceof MathValue.Exact exact) {
      return exact.number().doubleValue();
    }
    if (value instanceof MathValue.Approximate approximate) {
      return approximate.number();
    }
    throw new NotValueException();
  }

  static MathValue percent(MathValue value) {
    MathValue hundredth = divide(value, exact(BigFraction.of(100)));
    return hundredth instanceof MathValue.Exact exact
        ? new MathValue.Exact(exact.number(), true)
        : new MathValue.Approximate(number(hundredth), true);
  }
}
