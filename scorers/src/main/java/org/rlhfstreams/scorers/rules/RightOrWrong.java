package org.rlhfstreams.scorers.rules;

import java.util.List;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * The two values of a scorer that says yes or no.
 *
 * @param right of a response that is right; finite
 * @param wrong of one that is not; finite
 */
public record RightOrWrong(double right, double wrong) {
  /** What a user may set. */
  public static final List<ScorerSetting> SETTINGS =
      List.of(
          ScorerSetting.of("right", "1", "the value of a right response"),
          ScorerSetting.of("wrong", "0", "the value of a wrong response"));

  /** Reads {@link #SETTINGS}. */
  public static RightOrWrong of(SettingValues values) {
    return new RightOrWrong(values.number("right"), values.number("wrong"));
  }

  /** The value, with why. */
  public ScorerResult result(boolean isRight, String explanation) {
    return ScorerResult.value(isRight ? right : wrong, explanation);
  }
}
