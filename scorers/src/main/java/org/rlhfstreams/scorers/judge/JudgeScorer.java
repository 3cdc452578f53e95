package org.rlhfstreams.scorers.judge;

import java.util.List;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/** A language model as a judge, of one response or of two. */
public final class JudgeScorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "judge",
          "What a language model behind any OpenAI-compatible chat endpoint says.",
          ScorerKind.settings(
              List.of(
                  ScorerSetting.of(
                      "mode",
                      "pointwise",
                      "pointwise: a number for each response; pairwise: which of two responses of a"
                          + " group is better, in both orders; the value is the share of wins"),
                  ScorerSetting.optional(
                      "json-field",
                      "the field of the last JSON object in the answer that has the verdict; without"
                          + " it score, pairwise winner, which is A, B or tie"),
                  ScorerSetting.optional(
                      "pattern",
                      "a regular expression of RE2's syntax in place of JSON; group 1 of its last"
                          + " occurrence is the verdict"),
                  ScorerSetting.of("minimum", "0", "pointwise: a lower score is no verdict"),
                  ScorerSetting.of("maximum", "10", "pointwise: a higher score is no verdict"),
                  ScorerSetting.of(
                      "opponents",
                      "0",
                      "pairwise: how many others of its group each response is compared with at"
                          + " least; 0 for all")),
              JudgePrompt.SETTINGS,
              ChatClient.SETTINGS),
          JudgeScorer::create);

  private JudgeScorer() {}

  private static Scorer create(SettingValues settings) {
    return settings.choice("mode", "pointwise", "pairwise").equals("pointwise")
        ? new PointwiseJudge(settings)
        : new PairwiseJudge(settings);
  }
}
