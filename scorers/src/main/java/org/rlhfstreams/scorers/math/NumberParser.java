package org.rlhfstreams.scorers.math;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.numbers.fraction.BigFraction;
import org.rlhfstreams.scorers.math.ExactArithmetic.NotValueException;

/**
 * Reads a number or an expression of numbers from where it stands in a plain text: sums, products,
 * powers, roots, fractions, mixed numbers, percent, thousands separators, scientific notation,
 * periodic decimals, π. What follows it is the caller's.
 */
final class NumberParser {
  private static final int DEEPEST = 40;
  private static final int MOST_DIGITS = 200;
  private static final Map<String, Integer> SCALES =
      Map.of("hundred", 2, "thousand", 3, "million", 6, "billion", 9, "trillion", 12);

  private final String text;
  private final NumberRules rules;
  private int at;
  private int depth;

  NumberParser(String text, int from, NumberRules rules) {
    this.text = text;
    this.at = from;
    this.rules = rules;
  }

  /** Where what was read ends. */
  int end() {
    return at;
  }

  /**
   * Reads as much as makes sense.
   *
   * @throws NotValueException if no value stands here
   */
  MathValue expression() {
    if (++depth > DEEPEST) {
      throw new NotValueException();
    }
    boolean negative = sign();
    MathValue sum = term();
    if (negative) {
      sum = negated(sum);
    }
    while (true) {
      int before = at;
      skip();
      if (!is('+') && !is('-')) {
        at = before;
        break;
      }
      boolean minus = is('-');
      at++;
      try {
        MathValue next = term();
        sum = ExactArithmetic.add(sum, minus ? ExactArithmetic.negate(next) : next);
      } catch (NotValueException e) {
        at = before;
        break;
      }
    }
    depth--;
    return sum;
  }

  private static MathValue negated(MathValue value) {
    if (value instanceof MathValue.Exact exact) {
      return new MathValue.Exact(exact.number().negate(), exact.percent());
    }
    return value instanceof MathValue.Approximate approximate
        ? new MathValue.Approximate(-approximate.number(), approximate.percent())
        : value;
  }

  private boolean sign() {
    boolean negative = false;
    skip();
    while (is('-') || is('+')) {
      negative ^= is('-');
      at++;
      skip();
    }
    return negative;
  }

  private MathValue term() {
    MathValue product = factor();
    while (true) {
      int before = at;
      skip();
      try {
        if (is('*')) {
          at++;
          product = ExactArithmetic.multiply(product, signedFactor());
        } else if (is('/')) {
          at++;
          product = ExactArithmetic.divide(product, signedFactor());
        } else if (text.startsWith("\\pi", at) || text.startsWith("\\sqrt", at) || is('(')) {
          product = ExactArithmetic.multiply(product, factor());
        } else {
          at = before;
          break;
        }
      } catch (NotValueException e) {
        at = before;
        break;
      }
    }
    return scaled(product);
  }

  private MathValue signedFactor() {
    boolean negative = sign();
    MathValue factor = factor();
    return negative ? ExactArithmetic.negate(factor) : factor;
  }

  private MathValue factor() {
    skip();
    MathValue value = base();
    int before = at;
    skip();
    if (is('^')) {
      at++;
      boolean negative = sign();
      MathValue exponent = base();
      return ExactArithmetic.power(value, negative ? ExactArithmetic.negate(exponent) : exponent);
    }
    at = before;
    return value;
  }

  private MathValue base() {
    if (at >= text.length()) {
      throw new NotValueException();
    }
    char character = text.charAt(at);
    if (isDigit(at) || (character == rules.decimalMark() && isDigit(at + 1))) {
      return mixed(literal());
    }
    if (character == '(' || character == '{') {
      return group(character == '(' ? ')' : '}');
    }
    if (take("\\frac")) {
      MathValue numerator = argument();
      return ExactArithmetic.divide(numerator, argument());
    }
    if (take("\\sqrt")) {
      skip();
      int degree = 2;
      if (is('[')) {
        int close = text.indexOf(']', at);
        if (close != at + 2 || !isDigit(at + 1)) {
          throw new NotValueException();
        }
        degree = text.charAt(at + 1) - '0';
        at = close + 1;
        skip();
      }
      return ExactArithmetic.root(is('(') || is('{') ? base() : exactNumber(literal()), degree);
    }
    if (take("\\pi") || take("pi")) {
      return ExactArithmetic.approximate(Math.PI);
    }
    throw new NotValueException();
  }

  /** What follows {@code \frac}: a group or one digit. */
  private MathValue argument() {
    skip();
    if (is('{')) {
      return group('}');
    }
    if (isDigit(at)) {
      at++;
      return ExactArithmetic.exact(BigFraction.of(text.charAt(at - 1) - '0'));
    }
    throw new NotValueException();
  }

  private MathValue group(char close) {
    at++;
    MathValue value = expression();
    skip();
    if (!is(close)) {
      throw new NotValueException();
    }
    at++;
    return value;
  }

  /** A whole number before a fraction of whole numbers: {@code 1 1/2}, {@code 1\frac{1}{2}}. */
  private MathValue mixed(BigFraction whole) {
    if (whole.getDenominator().equals(BigInteger.ONE)) {
      int before = at;
      boolean blank = at < text.length() && isBlank(text.charAt(at));
      skip();
      try {
        BigFraction part = null;
        if (text.startsWith("\\frac", at)) {
          part = exactPart(base());
        } else if (blank && isDigit(at)) {
          BigFraction numerator = literal();
          if (is('/') && isDigit(at + 1)) {
            at++;
            part =
                exactPart(ExactArithmetic.divide(exactNumber(numerator), exactNumber(literal())));
          }
        }
        if (part != null && part.signum() >= 0 && part.compareTo(BigFraction.ONE) < 0) {
          return ExactArithmetic.exact(whole.add(part));
        }
      } catch (NotValueException e) {
        // not a mixed number
      }
      at = before;
    }
    return exactNumber(whole);
  }

  private static MathValue exactNumber(BigFraction number) {
    return ExactArithmetic.exact(number);
  }

  private static BigFraction exactPart(MathValue value) {
    if (value instanceof MathValue.Exact exact) {
      return exact.number();
    }
    throw new NotValueException();
  }

  /** A number as it is written down, without a sign. */
  private BigFraction literal() {
    StringBuilder digits = new StringBuilder();
    int begin = at;
    while (isDigit(at)) {
      at++;
    }
    if (at == begin && !is(rules.decimalMark())) {
      throw new NotValueException();
    }
    digits.append(text, begin, at);
    if (at - begin <= 3 && at > begin) {
      groups(digits);
    }
    int scale = 0;
    if (is(rules.decimalMark())) {
      int fraction = at + 1;
      int end = fraction;
      while (isDigit(end)) {
        end++;
      }
      boolean periodic = text.startsWith("\\overline", end);
      if (end > fraction || periodic) {
        digits.append(text, fraction, end);
        scale = end - fraction;
        at = end;
        if (periodic) {
          return period(digits, scale);
        }
      }
    }
    int exponent = exponent();
    if (digits.length() > MOST_DIGITS) {
      throw new NotValueException();
    }
    return scaled(new BigInteger(digits.toString()), exponent - scale);
  }

  /** Appends groups of three digits after the first one. */
  private void groups(StringBuilder digits) {
    char mark = at < text.length() ? text.charAt(at) : 0;
    boolean separates =
        mark == rules.thousandsMark() || mark == MathText.THIN || mark == ' ' || mark == '\'';
    while (separates && isGroup(mark)) {
      digits.append(text, at + 1, at + 4);
      at += 4;
    }
  }

  private boolean isGroup(char mark) {
    int next = at + 1;
    return is(mark)
        && isDigit(next)
        && isDigit(next + 1)
        && isDigit(next + 2)
        && !isDigit(next + 3);
  }

  /** The periodic decimals of which {@code digits} are those before the period. */
  private BigFraction period(StringBuilder digits, int scale) {
    take("\\overline");
    skip();
    int close = text.indexOf('}', at);
    if (!is('{') || close < at + 2 || close - at > 20) {
      throw new NotValueException();
    }
    String period = text.substring(at + 1, close);
    if (!period.chars().allMatch(one -> one >= '0' && one <= '9')) {
      throw new NotValueException();
    }
    at = close + 1;
    BigFraction before =
        scaled(new BigInteger(digits.length() == 0 ? "0" : digits.toString()), -scale);
    BigInteger nines = BigInteger.TEN.pow(period.length()).subtract(BigInteger.ONE);
    return before.add(
        BigFraction.of(new BigInteger(period), nines.multiply(BigInteger.TEN.pow(scale))));
  }

  /** The exponent of 1.5e3; 0 if there is none. */
  private int exponent() {
    if (!is('e') && !is('E')) {
      return 0;
    }
    int from = at + 1;
    boolean negative = from < text.length() && text.charAt(from) == '-';
    if (negative || (from < text.length() && text.charAt(from) == '+')) {
      from++;
    }
    int end = from;
    while (isDigit(end)) {
      end++;
    }
    if (end == from || end - from > 3) {
      return 0;
    }
    at = end;
    int exponent = Integer.parseInt(text.substring(from, end));
    return negative ? -exponent : exponent;
  }

  private static BigFraction scaled(BigInteger digits, int exponent) {
    return exponent >= 0
        ? BigFraction.of(digits.multiply(BigInteger.TEN.pow(exponent)))
        : BigFraction.of(digits, BigInteger.TEN.pow(-exponent));
  }

  /** Applies what follows a product: percent, or a word such as million. */
  private MathValue scaled(MathValue value) {
    int before = at;
    skip();
    if (is('%')) {
      at++;
      return ExactArithmetic.percent(value);
    }
    int end = at;
    while (end < text.length() && Character.isLetter(text.charAt(end))) {
      end++;
    }
    String word = text.substring(at, end).toLowerCase(Locale.ROOT);
    if (word.equals("percent")) {
      at = end;
      return ExactArithmetic.percent(value);
    }
    if (word.equals("per") && text.regionMatches(true, end, " cent", 0, 5)) {
      at = end + 5;
      return ExactArithmetic.percent(value);
    }
    Integer zeros = SCALES.get(word);
    if (zeros != null) {
      at = end;
      return ExactArithmetic.multiply(
          value, ExactArithmetic.exact(BigFraction.of(BigInteger.TEN.pow(zeros))));
    }
    at = before;
    return value;
  }

  private boolean is(char character) {
    return at < text.length() && text.charAt(at) == character;
  }

  private boolean take(String word) {
    if (!text.startsWith(word, at)) {
      return false;
    }
    int end = at + word.length();
    if (end < text.length() && Character.isLetter(text.charAt(end))) {
      return false;
    }
    at = end;
    return true;
  }

  private boolean isDigit(int place) {
    return place >= 0
        && place < text.length()
        && text.charAt(place) >= '0'
        && text.charAt(place) <= '9';
  }

  private static boolean isBlank(char character) {
    return character == ' ' || character == MathText.THIN;
  }

  private void skip() {
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
  }
}
