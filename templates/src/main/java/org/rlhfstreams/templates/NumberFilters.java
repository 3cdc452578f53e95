package org.rlhfstreams.templates;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;

/** The filters that make numbers. */
final class NumberFilters {
  /** No double has a digit beyond these places. */
  private static final long MAXIMUM_PLACES = 400;

  private NumberFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("int", NumberFilters::toInteger);
    filters.put("float", NumberFilters::toFloat);
    filters.put("abs", NumberFilters::absolute);
    filters.put("round", NumberFilters::round);
  }

  private static Object toInteger(Object value, Arguments arguments) {
    Object otherwise = arguments.get(0, "default", 0L);
    if (value instanceof String text) {
      Object parsed = parseInteger(text, arguments.integer(1, "base", 10));
      if (parsed != null) {
        return parsed;
      }
    }
    Object real = value instanceof String text ? parseFloat(text) : value;
    if (!Numbers.isNumber(real)) {
      return otherwise;
    }
    if (!(real instanceof Double number)) {
      return Numbers.number(real);
    }
    return number.isNaN() || number.isInfinite() ? otherwise : Numbers.truncated(number);
  }

  private static Object parseInteger(String text, long base) {
    String digits = text.strip().replace("_", "");
    if (base < Character.MIN_RADIX
        || base > Character.MAX_RADIX
        || digits.length() > Numbers.MAXIMUM_DIGITS) {
      return null;
    }
    String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
    if (!prefix.isEmpty() && digits.regionMatches(true, 0, prefix, 0, prefix.length())) {
      digits = digits.substring(prefix.length());
    }
    try {
      return Numbers.shortest(new BigInteger(digits, (int) base));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Object toFloat(Object value, Arguments arguments) {
    Object parsed = value instanceof String text ? parseFloat(text) : value;
    return Numbers.isNumber(parsed)
        ? (Object) Numbers.real(parsed)
        : arguments.get(0, "default", 0.0);
  }

  private static Object parseFloat(String text) {
    String digits = text.strip().replace("_", "");
    String unsigned =
        digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
    if (unsigned.equalsIgnoreCase("inf") || unsigned.equalsIgnoreCase("infinity")) {
      return digits.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (unsigned.equalsIgnoreCase("nan")) {
      return Double.NaN;
    }
    boolean onlyPython = unsigned.chars().allMatch(c -> "0123456789.eE+-".indexOf(c) >= 0);
    if (!onlyPython || digits.length() > Numbers.MAXIMUM_DIGITS) {
      return null; // Java would also read 1f, 0x1p3 and their like
    }
    try {
      return Double.valueOf(digits);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Object absolute(Object value, Arguments arguments) {
    Object number = Numbers.number(value);
    return number instanceof Double real
        ? (Object) Math.abs(real)
        : Numbers.shortest(Numbers.integer(number).abs());
  }

  private static Object round(Object value, Arguments arguments) {
    long places = arguments.integer(0, "precision", 0);
    String method = arguments.text(1, "method", "common");
    RoundingMode mode =
        switch (method) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default ->
              throw new TemplateException(
                  "FilterArgumentError: method must be common, ceil or floor");
        };
    Object number = Numbers.number(value);
    boolean integer = !(number instanceof Double) && method.equals("common");
    if (integer && places >= 0) {
      return number;
    }
    if (integer) {
      return Numbers.shortest(roundedInteger(Numbers.integer(number), places));
    }
    double real = Numbers.real(number);
    if (Double.isNaN(real) || Double.isInfinite(real) || places > MAXIMUM_PLACES) {
      return real;
    }
    int scale = (int) Math.max(places, -MAXIMUM_PLACES);
    double rounded = new BigDecimal(real).setScale(scale, mode).doubleValue();
    return rounded == 0 && real < 0 ? -0.0 : rounded;
  }

  private static BigInteger roundedInteger(BigInteger integer, long places) {
    return places < -Numbers.MAXIMUM_DIGITS
        ? BigInteger.ZERO
        : new BigDecimal(integer).setScale((int) places, RoundingMode.HALF_EVEN).toBigInteger();
  }
}
