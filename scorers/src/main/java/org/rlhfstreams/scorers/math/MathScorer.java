package org.rlhfstreams.scorers.math;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.math.AnswerFinder.Found;
import org.rlhfstreams.scorers.rules.ExpectedAnswer;
import org.rlhfstreams.scorers.rules.Quote;
import org.rlhfstreams.scorers.rules.ResponsePart;
import org.rlhfstreams.scorers.rules.RightOrWrong;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * Whether the answer that a response ends with has the value of the right one. Numbers are compared
 * as fractions, without rounding; those with roots or π up to a relative error of 10⁻⁹. A right
 * answer that is no number is compared as text, without case, blanks and marks of formulas.
 */
public final class MathScorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "math",
          "Whether the final answer (in \\boxed{}, after ####, after \"the answer is\", or the last"
              + " number) has the value of the right one.",
          ScorerKind.settings(
              ExpectedAnswer.SETTINGS,
              List.of(
                  ScorerSetting.of(
                      "last-number",
                      "true",
                      "false if only an answer that is announced counts, not the last number"),
                  ScorerSetting.of(
                      "tolerance", "0", "the relative difference that still counts as right"),
                  ScorerSetting.of(
                      "bare-percent",
                      "false",
                      "true if 50 is right where 50 % is, and 50 % where 50"),
                  ScorerSetting.of("decimal-mark", "point", "point: 1,234.5; comma: 1.234,5")),
              ResponsePart.SETTINGS,
              RightOrWrong.SETTINGS),
          MathScorer::create);

  /** Answers that are texts are short, in characters. */
  private static final int LONGEST_TEXT = 1_000;

  private final ExpectedAnswer expected;
  private final boolean lastNumber;
  private final double tolerance;
  private final boolean barePercent;
  private final NumberRules rules;
  private final ResponsePart part;
  private final RightOrWrong values;

  private MathScorer(SettingValues settings) {
    this.expected = ExpectedAnswer.of(settings);
    this.lastNumber = settings.flag("last-number");
    this.tolerance = settings.number("tolerance", 0, 1);
    this.barePercent = settings.flag("bare-percent");
    this.rules =
        settings.choice("decimal-mark", "point", "comma").equals("point")
            ? NumberRules.POINT
            : NumberRules.COMMA;
    this.part = ResponsePart.of(settings);
    this.values = RightOrWrong.of(settings);
  }

  private static Scorer create(SettingValues settings) {
    return Scorer.ofEach(new MathScorer(settings)::score);
  }

  private ScorerResult score(ScorerInput input) {
    List<String> answers = expected.of(input);
    Optional<String> counted = part.in(input.response());
    if (counted.isEmpty()) {
      return values.result(false, part.missing());
    }
    Optional<Found> stated = AnswerFinder.stated(counted.get());
    Optional<Found> found = stated.isPresent() ? stated : unannounced(counted.get());
    String only = counted.get().strip();
    boolean right =
        answers.stream()
            .map(answer -> AnswerFinder.stated(answer).map(Found::text).orElse(answer))
            .anyMatch(
                answer ->
                    (found.isPresent() && isRight(found.get().text(), answer))
                        // a response that is nothing but a word announces nothing
                        || (stated.isEmpty() && isSameText(only, answer)));
    String said =
        found
            .map(one -> '"' + Quote.of(one.text().strip()) + "\" " + one.where())
            .orElse("no answer found");
    return values.result(
        right, said + ", expected \"" + Quote.of(String.join("\" or \"", answers)) + '"');
  }

  /** A response that is nothing but a value, or else its last number. */
  private Optional<Found> unannounced(String text) {
    if (MathReader.read(text, rules).isPresent()) {
      return Optional.of(new Found(text, "alone"));
    }
    return lastNumber ? AnswerFinder.lastNumber(text) : Optional.empty();
  }

  private boolean isRight(String said, String answer) {
    Optional<MathValue> wanted = MathReader.read(answer, rules);
    if (wanted.isEmpty()) {
      return isSameText(said, answer);
    }
    Optional<MathValue> value = MathReader.read(said, rules);
    if (value.isEmpty()) {
      value = MathReader.onlyNumber(said, rules);
    }
    return value.isPresent() && MathValue.equal(value.get(), wanted.get(), tolerance, barePercent);
  }

  private static boolean isSameText(String said, String answer) {
    if (said.length() > LONGEST_TEXT || answer.length() > LONGEST_TEXT) {
      return false;
    }
    String wanted = letters(answer);
    return !wanted.isEmpty() && letters(said).equals(wanted);
  }

  private static String letters(String text) {
    String plain = MathText.plain(text).toLowerCase(Locale.ROOT);
    StringBuilder letters = new StringBuilder(plain.length());
    for (int i = 0; i < plain.length(); i++) {
      char character = plain.charAt(i);
      if (!Character.isWhitespace(character) && "{}*\"'.,:;!?".indexOf(character) < 0) {
        letters.append(character);
      }
    }
    int end = letters.length();
    return end > 2 && letters.charAt(0) == '(' && letters.charAt(end - 1) == ')'
        ? letters.substring(1, end - 1) // (B)
        : letters.toString();
  }
}
