package org.rlhfstreams.scorers.math;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.numbers.fraction.BigFraction;

/** What an answer stands for. */
sealed interface MathValue {
  /** A number that is a fraction of whole numbers, without any error. */
  record Exact(BigFraction number, boolean percent) implements MathValue {}

  /** A number that is none, such as a root, in float64. */
  record Approximate(double number, boolean percent) implements MathValue {}

  /**
   * Several values.
   *
   * @param brackets the opening and the closing one; empty if order makes no difference
   */
  record Several(List<MathValue> values, String brackets) implements MathValue {
    public Several {
      values = List.copyOf(values);
    }
  }

  /** The relative error up to which float64 numbers count as equal. */
  double ROUNDING = 1e-9;

  /**
   * Whether two values are equal.
   *
   * @param tolerance the relative difference to the expected number that is allowed besides; 0 for
   *     none
   * @param barePercent whether 50 and 50 % are equal
   */
  static boolean equal(MathValue said, MathValue expected, double tolerance, boolean barePercent) {
    if (said instanceof Several some && expected instanceof Several others) {
      return some.brackets().equals(others.brackets())
          && some.values().size() == others.values().size()
          && (some.brackets().isEmpty()
              ? sameInAnyOrder(some.values(), others.values(), tolerance, barePercent)
              : sameInOrder(some.values(), others.values(), tolerance, barePercent));
    }
    if (said instanceof Several || expected instanceof Several) {
      return false;
    }
    if (near(said, expected, tolerance)) {
      return true;
    }
    return barePercent
        && isPercent(said) != isPercent(expected)
        && near(withoutPercent(said), withoutPercent(expected), tolerance);
  }

  private static boolean sameInOrder(
      List<MathValue> said, List<MathValue> expected, double tolerance, boolean barePercent) {
    for (int i = 0; i < said.size(); i++) {
      if (!equal(said.get(i), expected.get(i), tolerance, barePercent)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameInAnyOrder(
      List<MathValue> said, List<MathValue> expected, double tolerance, boolean barePercent) {
    List<MathValue> open = new ArrayList<>(expected);
    for (MathValue one : said) {
      int at = 0;
      while (at < open.size() && !equal(one, open.get(at), tolerance, barePercent)) {
        at++;
      }
      if (at == open.size()) {
        return false;
      }
      open.remove(at);
    }
    return true;
  }

  private static boolean near(MathValue said, MathValue expected, double tolerance) {
    if (said instanceof Exact one && expected instanceof Exact other && tolerance == 0) {
      return one.number().equals(other.number());
    }
    double allowed =
        said instanceof Exact && expected instanceof Exact
            ? tolerance
            : Math.max(tolerance, ROUNDING);
    double one = number(said);
    double other = number(expected);
    return Math.abs(one - other) <= allowed * Math.abs(other)
        || (said instanceof Exact a
            && expected instanceof Exact b
            && a.number().equals(b.number()));
  }

  private static double number(MathValue value) {
    return value instanceof Exact exact
        ? exact.number().doubleValue()
        : ((Approximate) value).number();
  }

  private static boolean isPercent(MathValue value) {
    return value instanceof Exact exact ? exact.percent() : ((Approximate) value).percent();
  }

  private static MathValue withoutPercent(MathValue value) {
    if (!isPercent(value)) {
      return value;
    }
    return value instanceof Exact exact
        ? new Exact(exact.number().multiply(100), false)
        : new Approximate(number(value) * 100, false);
  }
}
