package org.rlhfstreams.scorers.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.rlhfstreams.scorers.Scorer;

/**
 * A kind of scorer that a configuration may name.
 *
 * @param name in kebab-case
 * @param help what its values mean, in a sentence
 * @param settings all that it has
 * @param factory makes a scorer; may throw ScorerException
 */
public record ScorerKind(
    String name,
    String help,
    List<ScorerSetting> settings,
    Function<SettingValues, Scorer> factory) {
  public ScorerKind {
    settings = List.copyOf(settings);
  }

  /** Takes settings in groups that several kinds share. */
  @SafeVarargs
  public static List<ScorerSetting> settings(List<ScorerSetting>... groups) {
    List<ScorerSetting> all = new ArrayList<>();
    for (List<ScorerSetting> group : groups) {
      all.addAll(group);
    }
    return all;
  }

  /**
   * Makes a scorer.
   *
   * @param given settings as they were written
   * @throws org.rlhfstreams.scorers.ScorerException if one is unknown, missing or unusable
   */
  public Scorer create(Map<String, String> given) {
    return factory.apply(SettingValues.of(this, given));
  }
}
