package org.rlhfstreams.scorers.math;

/**
 * How numbers are written.
 *
 * @param decimalMark a point or a comma
 */
record NumberRules(char decimalMark) {
  static final NumberRules POINT = new NumberRules('.');
  static final NumberRules COMMA = new NumberRules(',');

  /** What stands between groups of three digits, besides blanks and apostrophes. */
  char thousandsMark() {
    return decimalMark == '.' ? ',' : '.';
  }
}
