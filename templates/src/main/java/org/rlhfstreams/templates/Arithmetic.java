package org.rlhfstreams.templates;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic operators, on texts and lists too. */
final class Arithmetic {
  private static final int MAXIMUM_BITS = 1 << 16;

  private Arithmetic() {}

  static Object apply(String operator, Object left, Object right, Meter meter) {
    Undefined.refuse(left);
    Undefined.refuse(right);
    meter.step();
    if (operator.equals("+") && !Numbers.isNumber(left)) {
      return concatenate(left, right, meter);
    }
    if (operator.equals("%") && left instanceof String format) {
      return PercentFormat.format(format, right, meter);
    }
    if (operator.equals("*") && isSequence(left) && Numbers.isIndex(right)) {
      return repeat(left, Numbers.index(right), meter);
    }
    if (operator.equals("*") && isSequence(right) && Numbers.isIndex(left)) {
      return repeat(right, Numbers.index(left), meter);
    }
    if (!Numbers.isNumber(left) || !Numbers.isNumber(right)) {
      throw unsupported(operator, left, right);
    }
    return Numbers.isFloat(left) || Numbers.isFloat(right) || operator.equals("/")
        ? ofReals(operator, Numbers.real(left), Numbers.real(right))
        : ofIntegers(operator, Numbers.integer(left), Numbers.integer(right), meter);
  }

  static Object add(Object left, Object right, Meter meter) {
    return apply("+", left, right, meter);
  }

  static Object remainder(Object left, Object right, Meter meter) {
    return apply("%", left, right, meter);
  }

  static Object negate(Object value, Meter meter) {
    meter.step();
    if (!Numbers.isNumber(Undefined.refuse(value))) {
      throw TemplateException.type(
          "bad operand type for unary -: '%s'".formatted(Values.typeName(value)));
    }
    Object number = Numbers.number(value);
    return number instanceof Double real
        ? (Object) (-real)
        : Numbers.shortest(Numbers.integer(number).negate());
  }

  private static boolean isSequence(Object value) {
    return value instanceof String || value instanceof List;
  }

  private static Object concatenate(Object left, Object right, Meter meter) {
    if (left instanceof String first && right instanceof String second) {
      meter.text((long) first.length() + second.length());
      return first + second;
    }
    if (left instanceof List<?> first
        && right instanceof List<?> second
        && left instanceof TupleValue == right instanceof TupleValue) {
      meter.steps((long) first.size() + second.size());
      List<Object> both = new ArrayList<>(first);
      both.addAll(second);
      return like(left, both);
    }
    if (left instanceof String) {
      throw TemplateException.type(
          "can only concatenate str (not \"%s\") to str".formatted(Values.typeName(right)));
    }
    throw unsupported("+", left, right);
  }

  private static Object repeat(Object sequence, long times, Meter meter) {
    if (sequence instanceof String text) {
      return new TextBuilder(meter).repeat(text, times).toString();
    }
    List<?> elements = (List<?>) sequence;
    long repetitions = elements.isEmpty() ? 0 : Math.max(0, times);
    meter.steps(repetitions);
    meter.steps(repetitions * elements.size());
    List<Object> repeated = new ArrayList<>();
    for (long i = 0; i < repetitions; i++) {
      repeated.addAll(elements);
    }
    return like(sequence, repeated);
  }

  private static Object like(Object sequence, List<Object> elements) {
    return sequence instanceof TupleValue ? new TupleValue(elements) : elements;
  }

  private static Object ofReals(String operator, double left, double right) {
    return switch (operator) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "/" -> left / divisor(right);
      case "//" -> Math.floor(left / divisor(right));
      case "%" -> {
        double remainder = left % divisor(right);
        yield remainder != 0 && remainder < 0 != right < 0 ? remainder + right : remainder;
      }
      default -> power(left, right);
    };
  }

  private static double divisor(double value) {
    if (value == 0) {
      throw zeroDivision();
    }
    return value;
  }

  private static double power(double base, double exponent) {
    if (base == 0 && exponent < 0) {
      throw new TemplateException("ZeroDivisionError: 0.0 cannot be raised to a negative power");
    }
    double power = base == 1 ? 1 : Math.pow(base, exponent);
    if (Double.isInfinite(power) && !Double.isInfinite(base) && !Double.isInfinite(exponent)) {
      throw Numbers.overflow("Numerical result out of range");
    }
    if (Double.isNaN(power) && !Double.isNaN(base) && !Double.isNaN(exponent)) {
      throw TemplateException.type("a power that is a complex number is not supported");
    }
    return power;
  }

  private static Object ofIntegers(
      String operator, BigInteger left, BigInteger right, Meter meter) {
    meter.steps((left.bitLength() + right.bitLength()) / Integer.SIZE);
    return switch (operator) {
      case "+" -> checked(left.add(right));
      case "-" -> checked(left.subtract(right));
      case "*" -> {
        checkBits((long) left.bitLength() + right.bitLength());
        yield checked(left.multiply(right));
      }
      case "//" -> floorDivision(left, divisor(right));
      case "%" -> {
        BigInteger remainder = left.mod(divisor(right).abs());
        yield Numbers.shortest(
            right.signum() < 0 && remainder.signum() != 0 ? remainder.add(right) : remainder);
      }
      default -> power(left, right, meter);
    };
  }

  private static Object floorDivision(BigInteger left, BigInteger right) {
    BigInteger[] parts = left.divideAndRemainder(right);
    boolean towardsZero = parts[1].signum() != 0 && parts[1].signum() != right.signum();
    return Numbers.shortest(towardsZero ? parts[0].subtract(BigInteger.ONE) : parts[0]);
  }

  private static BigInteger divisor(BigInteger value) {
    if (value.signum() == 0) {
      throw zeroDivision();
    }
    return value;
  }

  private static Object power(BigInteger base, BigInteger exponent, Meter meter) {
    if (exponent.signum() < 0) {
      return power(Numbers.real(base), Numbers.real(exponent));
    }
    if (base.abs().bitLength() <= 1) {
      boolean odd = exponent.testBit(0);
      return exponent.signum() == 0 ? (Object) 1L : Numbers.shortest(odd ? base : base.abs());
    }
    checkBits(exponent.bitLength() > Integer.SIZE - 2 ? Long.MAX_VALUE : exponent.longValue());
    long bits = base.bitLength() * exponent.longValue();
    checkBits(bits);
    meter.steps(bits / Integer.SIZE);
    return Numbers.shortest(base.pow(exponent.intValue()));
  }

  private static Object checked(BigInteger result) {
    checkBits(result.bitLength());
    return Numbers.shortest(result);
  }

  private static void checkBits(long bits) {
    if (bits > MAXIMUM_BITS) {
      throw Numbers.overflow("an integer would have more than " + MAXIMUM_BITS + " bits");
    }
  }

  private static TemplateException zeroDivision() {
    return new TemplateException("ZeroDivisionError: division by zero");
  }

  private static TemplateException unsupported(String operator, Object left, Object right) {
    return TemplateException.type(
        "unsupported operand type(s) for %s: '%s' and '%s'"
            .formatted(operator, Values.typeName(left), Values.typeName(right)));
  }
}
