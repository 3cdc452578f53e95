package org.rlhfstreams.scorers.rules;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.SettingValues;

/** Whether a response is the right answer, letter by letter. */
public final class ExactScorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "exact",
          "Whether the response is the right answer, letter by letter.",
          ScorerKind.settings(
              ExpectedAnswer.SETTINGS,
              ResponsePart.SETTINGS,
              TextForm.SETTINGS,
              RightOrWrong.SETTINGS),
          ExactScorer::create);

  private final ExpectedAnswer expected;
  private final ResponsePart part;
  private final TextForm form;
  private final RightOrWrong values;

  private ExactScorer(SettingValues settings) {
    this.expected = ExpectedAnswer.of(settings);
    this.part = ResponsePart.of(settings);
    this.form = TextForm.of(settings);
    this.values = RightOrWrong.of(settings);
  }

  private static Scorer create(SettingValues settings) {
    return Scorer.ofEach(new ExactScorer(settings)::score);
  }

  private ScorerResult score(ScorerInput input) {
    List<String> answers = expected.of(input);
    Optional<String> counted = part.in(input.response());
    if (counted.isEmpty()) {
      return values.result(false, part.missing());
    }
    String said = form.of(counted.get());
    boolean right = answers.stream().anyMatch(answer -> form.of(answer).equals(said));
    return values.result(
        right,
        "\""
            + Quote.of(said)
            + "\", expected \""
            + Quote.of(String.join("\" or \"", answers))
            + '"');
  }
}
