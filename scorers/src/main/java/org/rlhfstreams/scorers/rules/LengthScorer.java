package org.rlhfstreams.scorers.rules;

import java.util.List;
import java.util.Locale;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * How long a response is. {@code band}: {@code right} from the minimum to the maximum, {@code
 * wrong} outside of them. {@code soft-overlong}: the penalty of DAPO (Yu et al. 2025, equation 13),
 * with n the length, m the maximum and b the buffer: 0 up to m − b, then (m − b − n)/b, and −1
 * above m. {@code count}: the length itself.
 */
public final class LengthScorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "length",
          "How long the response is: within a band, a soft penalty of what is too long, or the"
              + " count.",
          ScorerKind.settings(
              List.of(
                  ScorerSetting.of(
                      "mode",
                      "band",
                      "band: right from minimum to maximum; soft-overlong: 0 up to maximum - buffer,"
                          + " falling to -1 at the maximum; count: the length"),
                  ScorerSetting.of("unit", "tokens", "tokens, words or characters"),
                  ScorerSetting.of("minimum", "0", "the shortest length in the band"),
                  ScorerSetting.optional(
                      "maximum", "the longest length; needed except for mode count"),
                  ScorerSetting.optional(
                      "buffer", "how far below the maximum a soft-overlong penalty begins")),
              RightOrWrong.SETTINGS),
          LengthScorer::create);

  private final String mode;
  private final String unit;
  private final int minimum;
  private final int maximum;
  private final int buffer;
  private final RightOrWrong values;

  private LengthScorer(SettingValues settings) {
    this.mode = settings.choice("mode", "band", "soft-overlong", "count");
    this.unit = settings.choice("unit", "tokens", "words", "characters");
    this.minimum = settings.integer("minimum", 0, Integer.MAX_VALUE);
    this.maximum =
        mode.equals("count") ? 0 : settings.integer("maximum", minimum, Integer.MAX_VALUE);
    this.buffer = mode.equals("soft-overlong") ? settings.integer("buffer", 1, maximum) : 0;
    this.values = RightOrWrong.of(settings);
  }

  private static Scorer create(SettingValues settings) {
    return Scorer.ofEach(new LengthScorer(settings)::score);
  }

  private ScorerResult score(ScorerInput input) {
    int length =
        switch (unit) {
          case "tokens" -> input.responseTokens();
          case "words" -> Words.of(input.response()).size();
          default -> input.response().codePointCount(0, input.response().length());
        };
    String explanation = String.format(Locale.ROOT, "%d %s", length, unit);
    return switch (mode) {
      case "band" -> values.result(length >= minimum && length <= maximum, explanation);
      case "soft-overlong" -> ScorerResult.value(penalty(length), explanation);
      default -> ScorerResult.value(length, explanation);
    };
  }

  private double penalty(int length) {
    int free = maximum - buffer;
    return length <= free ? 0 : length > maximum ? -1 : (free - length) / (double) buffer;
  }
}
