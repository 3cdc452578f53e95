package org.rlhfstreams.templates;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;

/** Python's numbers: booleans count as 0 and 1, integers have no end, floats are doubles. */
final class Numbers {
  /** Python's own limit between integers and their decimal text. */
  static final int MAXIMUM_DIGITS = 4300;

  private static final long LARGEST_INDEX = 1L << 40;

  private Numbers() {}

  static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof BigInteger;
  }

  static boolean isFloat(Object value) {
    return value instanceof Double;
  }

  /** Tells whether a value may stand where Python wants an integer. */
  static boolean isIndex(Object value) {
    return isInteger(value) || value instanceof Boolean;
  }

  static Object number(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? 1L : 0L;
    }
    if (Undefined.refuse(value) instanceof Number) {
      return value;
    }
    throw TemplateException.type("must be a real number, not " + Values.typeName(value));
  }

  static BigInteger integer(Object value) {
    Object number = number(value);
    if (number instanceof BigInteger integer) {
      return integer;
    }
    if (number instanceof Long integer) {
      return BigInteger.valueOf(integer);
    }
    throw TemplateException.type("'float' object cannot be interpreted as an integer");
  }

  static double real(Object value) {
    Object number = number(value);
    double real = ((Number) number).doubleValue();
    if (number instanceof BigInteger && Double.isInfinite(real)) {
      throw overflow("int too large to convert to float");
    }
    return real;
  }

  /** An integer as a place or a count; beyond what any list or text could have, it is cut. */
  static long index(Object value) {
    if (!isIndex(value)) {
      Undefined.refuse(value);
      throw TemplateException.type(
          "'%s' object cannot be interpreted as an integer".formatted(Values.typeName(value)));
    }
    BigInteger integer = integer(value);
    if (integer.bitLength() > Long.SIZE - 1) {
      return integer.signum() * LARGEST_INDEX;
    }
    return Math.max(-LARGEST_INDEX, Math.min(LARGEST_INDEX, integer.longValue()));
  }

  static Object shortest(BigInteger integer) {
    return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer;
  }

  static Object truncated(double real) {
    if (Double.isNaN(real)) {
      throw TemplateException.value("cannot convert float NaN to integer");
    }
    if (Double.isInfinite(real)) {
      throw overflow("cannot convert float infinity to integer");
    }
    return shortest(new BigDecimal(real).toBigInteger());
  }

  /** An integer's decimal text. */
  static String decimal(Object integer, Meter meter) {
    if (integer instanceof BigInteger big) {
      if (big.bitLength() > MAXIMUM_DIGITS * 10 / 3) {
        throw TemplateException.value(
            String.format(
                Locale.ROOT,
                "Exceeds the limit (%d digits) for integer string conversion",
                MAXIMUM_DIGITS));
      }
      meter.steps(big.bitLength() / Integer.SIZE);
    }
    return integer.toString();
  }

  static TemplateException overflow(String problem) {
    return new TemplateException("OverflowError: " + problem);
  }
}
