package org.rlhfstreams.scorers.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import org.rlhfstreams.scorers.remote.UnusableAnswerException;
import org.rlhfstreams.scorers.rules.BoundedPattern;
import org.rlhfstreams.scorers.rules.Quote;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * The words of a verdict: a field of the last JSON object in an answer, or what a pattern captures
 * in its last occurrence.
 */
final class VerdictText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_BRACES = 50;

  private final String field;
  private final Optional<BoundedPattern> pattern;

  /**
   * Reads the settings {@code pattern} and {@code json-field}.
   *
   * @param defaultField of a verdict as JSON
   */
  VerdictText(SettingValues settings, String defaultField) {
    this.field = settings.optional("json-field").orElse(defaultField);
    try {
      this.pattern = settings.optional("pattern").map(BoundedPattern::compile);
    } catch (IllegalArgumentException e) {
      throw settings.problem("pattern", e.getMessage());
    }
    if (pattern.isPresent() && pattern.get().groups() == 0) {
      throw settings.problem("pattern", "put brackets around the verdict, as in Score: (\\d+)");
    }
  }

  /**
   * The words.
   *
   * @throws UnusableAnswerException if there are none
   */
  String in(String said) throws UnusableAnswerException {
    String verdict = pattern.isPresent() ? pattern.get().last(said, 1) : inJson(said);
    if (verdict == null) {
      throw new UnusableAnswerException("no " + form() + " in \"" + Quote.of(said) + '"');
    }
    return verdict.strip();
  }

  /** What a judge is told. */
  String form() {
    return pattern.isPresent()
        ? "text of the form " + pattern.get()
        : "JSON object with a field \"" + field + "\"";
  }

  private String inJson(String said) {
    int open = said.lastIndexOf('{');
    for (int tried = 0; open >= 0 && tried < MOST_BRACES; tried++) {
      try {
        JsonNode value = JSON.readTree(said.substring(open)).path(field); // ends by itself
        if (value.isNumber() || value.isTextual()) {
          return value.asText();
        }
      } catch (JsonProcessingException e) {
        // begins further to the front
      }
      open = said.lastIndexOf('{', open - 1);
    }
    return null;
  }
}
