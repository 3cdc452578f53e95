package org.rlhfstreams.scorers.rules;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * How much a response repeats itself: minus the share of its n-grams that occurred before, from −1
 * to 0. A response of fewer than n words or characters repeats nothing.
 */
public final class RepetitionScorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "repetition",
          "Minus the share of n-grams that occurred before in the response: 0 repeats nothing, -1"
              + " nothing but.",
          List.of(
              ScorerSetting.of(
                  "n", "3", "how many words or characters make an n-gram, from 1 to 50"),
              ScorerSetting.of(
                  "unit", "words", "words, or characters for languages without blanks"),
              ScorerSetting.of("ignore-case", "true", "false if The and the are two words")),
          RepetitionScorer::create);

  private final int n;
  private final boolean words;
  private final boolean ignoreCase;

  private RepetitionScorer(SettingValues settings) {
    this.n = settings.integer("n", 1, 50);
    this.words = settings.choice("unit", "words", "characters").equals("words");
    this.ignoreCase = settings.flag("ignore-case");
  }

  private static Scorer create(SettingValues settings) {
    return Scorer.ofEach(new RepetitionScorer(settings)::score);
  }

  private ScorerResult score(ScorerInput input) {
    String text = ignoreCase ? input.response().toLowerCase(Locale.ROOT) : input.response();
    List<?> units = words ? Words.of(text) : text.codePoints().boxed().toList();
    int total = units.size() - n + 1;
    if (total < 2) {
      return ScorerResult.value(0, "too short to repeat anything");
    }
    Set<List<?>> different = new HashSet<>();
    for (int i = 0; i < total; i++) {
      different.add(units.subList(i, i + n));
    }
    int repeated = total - different.size();
    return ScorerResult.value(
        repeated == 0 ? 0 : -(double) repeated / total,
        String.format(Locale.ROOT, "%d of %d %d-grams occurred before", repeated, total, n));
  }
}
