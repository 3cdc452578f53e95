package org.rlhfstreams.scorers.rules;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.scorers.RefusalException;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * Whether a pattern occurs in a response, or whether what it captures there is the right answer.
 */
public final class RegexScorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "regex",
          "Whether a regular expression (RE2 syntax, never backtracks) occurs in the response, or"
              + " what it captures there is the right answer.",
          ScorerKind.settings(
              List.of(
                  ScorerSetting.optional("pattern", "the pattern for all prompts"),
                  ScorerSetting.optional(
                      "pattern-field", "the field of the metadata with the prompt's own pattern"),
                  ScorerSetting.of(
                      "match", "find", "find: it occurs; whole: it is all of the response"),
                  ScorerSetting.optional(
                      "field",
                      "a field of the metadata with which group 1 of the last occurrence is compared;"
                          + " without it the occurrence alone counts")),
              ResponsePart.SETTINGS,
              TextForm.SETTINGS,
              RightOrWrong.SETTINGS),
          RegexScorer::create);

  private static final int COMPILED = 1_000;

  private final Optional<BoundedPattern> pattern;
  private final String patternField;
  private final boolean whole;
  private final Optional<String> field;
  private final ResponsePart part;
  private final TextForm form;
  private final RightOrWrong values;
  private final Map<String, BoundedPattern> compiled =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, BoundedPattern> eldest) {
              return size() > COMPILED;
            }
          });

  private RegexScorer(SettingValues settings) {
    this.patternField = settings.text("pattern-field");
    Optional<String> text = settings.optional("pattern");
    if (text.isPresent() != patternField.isEmpty()) {
      throw settings.problem("pattern", "give either it or \"pattern-field\"");
    }
    this.whole = settings.choice("match", "find", "whole").equals("whole");
    this.field = settings.optional("field");
    if (whole && field.isPresent()) {
      throw settings.problem("field", "leave out \"match\": captures are of the last occurrence");
    }
    try {
      this.pattern = text.map(BoundedPattern::compile);
    } catch (IllegalArgumentException e) {
      throw settings.problem("pattern", e.getMessage());
    }
    if (field.isPresent() && pattern.isPresent() && pattern.get().groups() == 0) {
      throw settings.problem("pattern", "put brackets around what is the answer");
    }
    this.part = ResponsePart.of(settings);
    this.form = TextForm.of(settings);
    this.values = RightOrWrong.of(settings);
  }

  private static Scorer create(SettingValues settings) {
    return Scorer.ofEach(new RegexScorer(settings)::score);
  }

  private ScorerResult score(ScorerInput input) {
    BoundedPattern wanted = pattern.orElseGet(() -> own(input));
    Optional<String> expected = field.map(name -> metadata(input, name));
    Optional<String> counted = part.in(input.response());
    if (counted.isEmpty()) {
      return values.result(false, part.missing());
    }
    if (expected.isPresent()) {
      return compare(wanted, counted.get(), expected.get());
    }
    boolean right = whole ? wanted.isAllOf(counted.get()) : wanted.occursIn(counted.get());
    return values.result(
        right, (right ? "matches " : "does not match ") + Quote.of(wanted.toString()));
  }

  private ScorerResult compare(BoundedPattern wanted, String counted, String expected) {
    if (wanted.groups() == 0) {
      throw new RefusalException(
          "the pattern \"" + Quote.of(wanted.toString()) + "\" has no brackets around the answer");
    }
    String said = wanted.last(counted, 1);
    if (said == null) {
      return values.result(false, "does not match " + Quote.of(wanted.toString()));
    }
    return values.result(
        form.of(said).equals(form.of(expected)),
        "\"" + Quote.of(said) + "\", expected \"" + Quote.of(expected) + '"');
  }

  private BoundedPattern own(ScorerInput input) {
    String text = metadata(input, patternField);
    BoundedPattern known = compiled.get(text);
    if (known == null) {
      try {
        known = BoundedPattern.compile(text);
      } catch (IllegalArgumentException e) {
        throw new RefusalException(e.getMessage());
      }
      compiled.put(text, known);
    }
    return known;
  }

  private static String metadata(ScorerInput input, String name) {
    String value = input.metadata().get(name);
    if (value == null) {
      throw new RefusalException("the prompt's metadata has no field \"" + name + '"');
    }
    return value;
  }
}
