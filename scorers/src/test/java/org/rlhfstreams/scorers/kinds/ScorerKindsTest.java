package org.rlhfstreams.scorers.kinds;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.scorers.ScorerException;

/** Errors in settings name the fix. */
final class ScorerKindsTest {
  private static void fails(String kind, Map<String, String> settings, String message) {
    assertThatThrownBy(() -> ScorerKinds.create(kind, settings))
        .isInstanceOf(ScorerException.class)
        .hasMessage(message);
  }

  @Test
  void errorsNameTheFix() {
    fails("maths", Map.of(), "there is no kind of scorer \"maths\"; did you mean math?");
    fails(
        "exact",
        Map.of("feild", "x"),
        "scorer kind exact has no setting \"feild\"; did you mean field?");
    fails(
        "math",
        Map.of("tolerance", "NaN"),
        "scorer kind math: setting \"tolerance\": give a number from 0.0 to 1.0 in place of"
            + " \"NaN\"");
    fails(
        "exact",
        Map.of("right", "Infinity"),
        "scorer kind exact: setting \"right\": give a finite number in place of \"Infinity\"");
    fails(
        "length",
        Map.of("minimum", "5"),
        "scorer kind length: setting \"maximum\": give a whole number of at least 5 in place of"
            + " \"\"");
    fails(
        "length",
        Map.of("unit", "lines"),
        "scorer kind length: setting \"unit\": give one of tokens, words, characters in place of"
            + " \"lines\"");
    fails(
        "regex",
        Map.of(),
        "scorer kind regex: setting \"pattern\": give either it or \"pattern-field\"");
  }
}
