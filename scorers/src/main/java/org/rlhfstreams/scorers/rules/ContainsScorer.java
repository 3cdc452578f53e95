package org.rlhfstreams.scorers.rules;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.scorers.RefusalException;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/** Whether the right answer occurs in a response. */
public final class ContainsScorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "contains",
          "Whether the right answer occurs in the response.",
          ScorerKind.settings(
              ExpectedAnswer.SETTINGS,
              List.of(
                  ScorerSetting.of(
                      "all",
                      "false",
                      "true if all answers of the list have to occur, not just one"),
                  ScorerSetting.of(
                      "whole-words", "true", "false if cat may be a part of concatenate")),
              ResponsePart.SETTINGS,
              TextForm.SETTINGS,
              RightOrWrong.SETTINGS),
          ContainsScorer::create);

  private final ExpectedAnswer expected;
  private final boolean all;
  private final boolean wholeWords;
  private final ResponsePart part;
  private final TextForm form;
  private final RightOrWrong values;

  private ContainsScorer(SettingValues settings) {
    this.expected = ExpectedAnswer.of(settings);
    this.all = settings.flag("all");
    this.wholeWords = settings.flag("whole-words");
    this.part = ResponsePart.of(settings);
    this.form = TextForm.of(settings);
    this.values = RightOrWrong.of(settings);
  }

  private static Scorer create(SettingValues settings) {
    return Scorer.ofEach(new ContainsScorer(settings)::score);
  }

  private ScorerResult score(ScorerInput input) {
    List<String> answers = expected.of(input);
    List<String> forms = answers.stream().map(form::of).toList();
    if (forms.stream().anyMatch(String::isEmpty)) {
      throw new RefusalException("an empty answer occurs in every response");
    }
    Optional<String> counted = part.in(input.response());
    if (counted.isEmpty()) {
      return values.result(false, part.missing());
    }
    String said = form.of(counted.get());
    List<String> found = forms.stream().filter(answer -> occurs(answer, said)).toList();
    boolean right = all ? found.size() == forms.size() : !found.isEmpty();
    return values.result(
        right,
        found.isEmpty()
            ? "none of \"" + Quote.of(String.join("\", \"", answers)) + "\" occurs"
            : '"' + Quote.of(String.join("\", \"", found)) + "\" occurs");
  }

  private boolean occurs(String answer, String said) {
    int at = said.indexOf(answer);
    while (at >= 0) {
      int end = at + answer.length();
      if (!wholeWords || (!joins(said, at) && !joins(said, end))) {
        return true;
      }
      at = said.indexOf(answer, at + 1);
    }
    return false;
  }

  /** Whether a word goes on over this place in a text. */
  private static boolean joins(String said, int at) {
    return at > 0
        && at < said.length()
        && Character.isLetterOrDigit(said.codePointBefore(at))
        && Character.isLetterOrDigit(said.codePointAt(at));
  }
}
