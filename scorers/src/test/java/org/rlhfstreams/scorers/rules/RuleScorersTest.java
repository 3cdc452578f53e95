package org.rlhfstreams.scorers.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.scorers.Inputs;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.ScoreValue;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.settings.ScorerKind;

/** What the rules on one text say. */
final class RuleScorersTest {
  private static ScorerResult result(
      ScorerKind kind, String response, Map<String, String> metadata, String... settings) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      given.put(settings[i], settings[i + 1]);
    }
    return kind.create(given).score(List.of(Inputs.answered(response, metadata))).get(0);
  }

  private static double value(
      ScorerKind kind, String response, Map<String, String> metadata, String... settings) {
    return ((ScoreValue) result(kind, response, metadata, settings)).value();
  }

  private static final Map<String, String> PARIS = Map.of("answer", "Paris");

  @Test
  void exactComparesLettersButNoBlanks() {
    assertThat(value(ExactScorer.KIND, " Paris\n", PARIS)).isEqualTo(1);
    assertThat(value(ExactScorer.KIND, "paris", PARIS)).isEqualTo(0);
    assertThat(value(ExactScorer.KIND, "paris", PARIS, "ignore-case", "true")).isEqualTo(1);
    assertThat(value(ExactScorer.KIND, "Paris.", PARIS)).isEqualTo(0);
    assertThat(value(ExactScorer.KIND, "Paris.", PARIS, "ignore-punctuation", "true")).isEqualTo(1);
    assertThat(value(ExactScorer.KIND, "It is Paris", PARIS, "right", "2", "wrong", "-1"))
        .isEqualTo(-1);
    assertThat(
            value(
                ExactScorer.KIND, "b", Map.of("x", "[\"a\",\"b\"]"), "field", "x", "list", "true"))
        .isEqualTo(1);
    assertThat(value(ExactScorer.KIND, "yes", Map.of(), "expected", "yes")).isEqualTo(1);
    assertThat(value(ExactScorer.KIND, "<think>no</think> Paris", PARIS, "after", "</think>"))
        .isEqualTo(1);
    assertThat(value(ExactScorer.KIND, "Paris", PARIS, "after", "</think>")).isEqualTo(0);
  }

  @Test
  void whatHasNoAnswerIsRefused() {
    assertThat(result(ExactScorer.KIND, "x", Map.of()))
        .isEqualTo(
            new ScoreRefusal("the prompt's metadata has no field \"answer\"; it has none", false));
    assertThat(result(ExactScorer.KIND, "x", PARIS, "list", "true"))
        .isEqualTo(
            new ScoreRefusal("\"Paris\" is not a JSON array with at least one answer", false));
    assertThat(result(ContainsScorer.KIND, "x", Map.of("answer", " ")))
        .isEqualTo(new ScoreRefusal("an empty answer occurs in every response", false));
  }

  @Test
  void containsFindsWholeWords() {
    Map<String, String> cat = Map.of("answer", "cat");
    assertThat(value(ContainsScorer.KIND, "The cat sat.", cat)).isEqualTo(1);
    assertThat(value(ContainsScorer.KIND, "Do not concatenate.", cat)).isEqualTo(0);
    assertThat(value(ContainsScorer.KIND, "Do not concatenate.", cat, "whole-words", "false"))
        .isEqualTo(1);
    assertThat(value(ContainsScorer.KIND, "concat a cat", cat)).isEqualTo(1);
    Map<String, String> both = Map.of("answer", "[\"cat\", \"dog\"]");
    assertThat(value(ContainsScorer.KIND, "a dog", both, "list", "true")).isEqualTo(1);
    assertThat(value(ContainsScorer.KIND, "a dog", both, "list", "true", "all", "true"))
        .isEqualTo(0);
  }

  @Test
  void regexFindsMatchesAndCompares() {
    assertThat(value(RegexScorer.KIND, "x 42 y", Map.of(), "pattern", "\\d+")).isEqualTo(1);
    assertThat(value(RegexScorer.KIND, "x 42 y", Map.of(), "pattern", "\\d+", "match", "whole"))
        .isEqualTo(0);
    String[] compare = {"pattern", "(?i)answer: (\\w+)", "field", "answer"};
    assertThat(value(RegexScorer.KIND, "Answer: Rome. Answer: Paris", PARIS, compare)).isEqualTo(1);
    assertThat(value(RegexScorer.KIND, "Answer: Paris. Answer: Rome", PARIS, compare)).isEqualTo(0);
    assertThat(value(RegexScorer.KIND, "Paris", PARIS, compare)).isEqualTo(0);
    assertThat(value(RegexScorer.KIND, "cats", Map.of("p", "^cats?$"), "pattern-field", "p"))
        .isEqualTo(1);
    assertThat(result(RegexScorer.KIND, "x", Map.of("p", "("), "pattern-field", "p"))
        .isInstanceOfSatisfying(
            ScoreRefusal.class, refusal -> assertThat(refusal.tryAgain()).isFalse());
  }

  @Test
  void aPatternThatBacktracksElsewhereIsFast() {
    assertThat(value(RegexScorer.KIND, "a".repeat(50_000) + "!", Map.of(), "pattern", "^(a+)+$"))
        .isEqualTo(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"((a{100}){100}){100}", "(((x{1000}){1000}){1000}){1000}", "[ab]{1000}{1000}"})
  void aPatternThatRepetitionsBlowUpIsRefused(String pattern) {
    assertThatThrownBy(() -> BoundedPattern.compile(pattern))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anOrdinaryPatternIsNotTooLarge() {
    for (String pattern :
        List.of("(?s)<a>.{0,500}</a>", "[[:alpha:]]{3}[]x]", "\\Qa{100}(\\E", "(a|b){20,}", "{")) {
      assertThat(BoundedPattern.compile(pattern).toString()).isEqualTo(pattern);
    }
    assertThatThrownBy(() -> BoundedPattern.compile("(?=a)"))
        .hasMessageContaining("neither lookaround nor back references");
    assertThatThrownBy(() -> BoundedPattern.compile("(".repeat(5_000)))
        .hasMessageContaining("nests");
  }

  @Test
  void lengthHasABandAndASoftPenalty() {
    ScorerInput four = new ScorerInput("r", "g", "p", List.of(), "a b  c\nd", 9, false, Map.of());
    assertThat(
            LengthScorer.KIND
                .create(Map.of("unit", "words", "minimum", "4", "maximum", "4"))
                .score(List.of(four)))
        .containsExactly(ScorerResult.value(1, "4 words"));
    assertThat(
            LengthScorer.KIND.create(Map.of("minimum", "10", "maximum", "20")).score(List.of(four)))
        .containsExactly(ScorerResult.value(0, "9 tokens"));
    String[] soft = {
      "mode", "soft-overlong", "unit", "characters", "maximum", "100", "buffer", "20"
    };
    assertThat(value(LengthScorer.KIND, "x".repeat(80), Map.of(), soft)).isEqualTo(0);
    assertThat(value(LengthScorer.KIND, "x".repeat(90), Map.of(), soft)).isEqualTo(-0.5);
    assertThat(value(LengthScorer.KIND, "x".repeat(100), Map.of(), soft)).isEqualTo(-1);
    assertThat(value(LengthScorer.KIND, "x".repeat(101), Map.of(), soft)).isEqualTo(-1);
    assertThat(
            value(
                LengthScorer.KIND, "x".repeat(7), Map.of(), "mode", "count", "unit", "characters"))
        .isEqualTo(7);
  }

  @Property(tries = 200)
  void aLongerResponseNeverHasASmallerPenalty(
      @ForAll @IntRange(min = 1, max = 300) int maximum,
      @ForAll @IntRange(min = 1, max = 300) int buffer,
      @ForAll @IntRange(max = 400) int length) {
    String[] settings = {
      "mode",
      "soft-overlong",
      "unit",
      "characters",
      "maximum",
      Integer.toString(maximum),
      "buffer",
      Integer.toString(Math.min(buffer, maximum))
    };
    double shorter = value(LengthScorer.KIND, "x".repeat(length), Map.of(), settings);
    double longer = value(LengthScorer.KIND, "x".repeat(length + 1), Map.of(), settings);
    assertThat(shorter).isBetween(-1.0, 0.0);
    assertThat(longer).isLessThanOrEqualTo(shorter);
  }

  @Test
  void repetitionIsTheShareOfNGramsThatOccurredBefore() {
    assertThat(value(RepetitionScorer.KIND, "a b c d e f", Map.of())).isEqualTo(0);
    // a b c, b c a, c a b, a b c: one of four
    assertThat(value(RepetitionScorer.KIND, "a b c A b C", Map.of())).isEqualTo(-0.25);
    assertThat(value(RepetitionScorer.KIND, "la ".repeat(102), Map.of()))
        .isCloseTo(-0.99, within(1e-12));
    assertThat(value(RepetitionScorer.KIND, "aaaa", Map.of(), "unit", "characters", "n", "1"))
        .isEqualTo(-0.75);
    assertThat(value(RepetitionScorer.KIND, "", Map.of())).isEqualTo(0);
  }

  @Property(tries = 200)
  void whatIsSaidTwiceRepeatsAtLeastAsMuch(@ForAll @StringLength(max = 60) String text) {
    double once = value(RepetitionScorer.KIND, text, Map.of());
    assertThat(once).isBetween(-1.0, 0.0);
    assertThat(value(RepetitionScorer.KIND, text + " " + text + " " + text, Map.of()))
        .isLessThanOrEqualTo(once);
  }
}
