package org.rlhfstreams.templates;

import java.util.Locale;

/** Counts what one rendering spends, and stops it at its limits. */
final class Meter {
  private static final int CHARACTERS_A_STEP = 16;
  private static final int MAXIMUM_CALL_DEPTH = 100;

  private final RenderLimits limits;
  private final long budget;
  private long spent;
  private int callDepth;

  Meter(RenderLimits limits) {
    this.limits = limits;
    this.budget = (long) limits.maximumSteps() * CHARACTERS_A_STEP;
  }

  void step() {
    spend(CHARACTERS_A_STEP);
  }

  void steps(long count) {
    if (count > limits.maximumSteps()) {
      throw tooManySteps();
    }
    spend(count * CHARACTERS_A_STEP);
  }

  /** Characters that are read. */
  void scan(long characters) {
    spend(characters);
  }

  /** A text that is about to be built. */
  void text(long characters) {
    checkLength(characters);
    spend(characters);
  }

  void checkLength(long characters) {
    if (characters > limits.maximumCharacters()) {
      throw new TemplateException(
          String.format(
              Locale.ROOT,
              "OverflowError: a text would be longer than the limit of %d characters",
              limits.maximumCharacters()));
    }
  }

  /** Pays for a text that is no longer than a few times what it was made of. */
  String built(String text) {
    text(text.length());
    return text;
  }

  void enterCall() {
    if (++callDepth > MAXIMUM_CALL_DEPTH) {
      throw new TemplateException(
          String.format(
              Locale.ROOT,
              "RecursionError: macros and loops call each other more than %d deep",
              MAXIMUM_CALL_DEPTH));
    }
  }

  void leaveCall() {
    callDepth--;
  }

  private void spend(long units) {
    spent += units;
    if (spent > budget) {
      throw tooManySteps();
    }
  }

  private TemplateException tooManySteps() {
    return new TemplateException(
        String.format(
            Locale.ROOT,
            "RuntimeError: the template takes more than the limit of %d steps",
            limits.maximumSteps()));
  }
}
