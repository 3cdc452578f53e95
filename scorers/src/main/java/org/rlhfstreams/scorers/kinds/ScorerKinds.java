package org.rlhfstreams.scorers.kinds;

import java.util.List;
import java.util.Map;
import org.rlhfstreams.common.EditDistance;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerException;
import org.rlhfstreams.scorers.http.HttpScorer;
import org.rlhfstreams.scorers.json.JsonSchemaScorer;
import org.rlhfstreams.scorers.judge.JudgeScorer;
import org.rlhfstreams.scorers.language.LanguageScorer;
import org.rlhfstreams.scorers.math.MathScorer;
import org.rlhfstreams.scorers.plugin.PluginScorer;
import org.rlhfstreams.scorers.rules.ContainsScorer;
import org.rlhfstreams.scorers.rules.ExactScorer;
import org.rlhfstreams.scorers.rules.LengthScorer;
import org.rlhfstreams.scorers.rules.RegexScorer;
import org.rlhfstreams.scorers.rules.RepetitionScorer;
import org.rlhfstreams.scorers.settings.ScorerKind;

/** The kinds of scorers that a configuration may name. */
public final class ScorerKinds {
  private static final List<ScorerKind> ALL =
      List.of(
          ExactScorer.KIND,
          ContainsScorer.KIND,
          RegexScorer.KIND,
          MathScorer.KIND,
          JsonSchemaScorer.KIND,
          LengthScorer.KIND,
          RepetitionScorer.KIND,
          LanguageScorer.KIND,
          HttpScorer.KIND,
          JudgeScorer.KIND,
          PluginScorer.KIND);

  private ScorerKinds() {}

  /** All kinds, in the order of the documentation. */
  public static List<ScorerKind> all() {
    return ALL;
  }

  /**
   * A kind by its name.
   *
   * @throws ScorerException if there is none; the message names what was probably meant
   */
  public static ScorerKind named(String name) {
    return ALL.stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name));
  }

  /**
   * Makes a scorer.
   *
   * @param kind its name
   * @param settings as they were written; what is left out has its default
   * @throws ScorerException if the kind or a setting cannot be used; the message names the fix
   */
  public static Scorer create(String kind, Map<String, String> settings) {
    return named(kind).create(settings);
  }

  private static ScorerException unknown(String name) {
    List<String> names = ALL.stream().map(ScorerKind::name).toList();
    List<String> meant = EditDistance.meant(name, names);
    return new ScorerException(
        "there is no kind of scorer \""
            + name
            + "\"; "
            + (meant.isEmpty()
                ? "there are " + String.join(", ", names)
                : "did you mean " + String.join(" or ", meant) + "?"));
  }
}
