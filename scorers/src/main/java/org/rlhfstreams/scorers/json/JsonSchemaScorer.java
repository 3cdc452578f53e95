package org.rlhfstreams.scorers.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.scorers.RefusalException;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.rules.Quote;
import org.rlhfstreams.scorers.rules.ResponsePart;
import org.rlhfstreams.scorers.rules.RightOrWrong;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/** Whether a response is JSON that a schema allows. */
public final class JsonSchemaScorer {
  /** What a configuration names. */
  public static final ScorerKind KIND =
      new ScorerKind(
          "json-schema",
          "Whether the response is one JSON value that a JSON Schema allows.",
          ScorerKind.settings(
              List.of(
                  ScorerSetting.optional("schema", "the schema for all prompts, as JSON"),
                  ScorerSetting.optional("schema-file", "a file with the schema for all prompts"),
                  ScorerSetting.optional(
                      "schema-field", "the field of the metadata with the prompt's own schema"),
                  ScorerSetting.of(
                      "fenced", "true", "false if JSON in a fence of three backticks is wrong")),
              ResponsePart.SETTINGS,
              RightOrWrong.SETTINGS),
          JsonSchemaScorer::create);

  private static final String FENCE = "```";
  private static final int KEPT = 200;

  private final Optional<CheckedSchema> schema;
  private final String field;
  private final boolean fenced;
  private final ResponsePart part;
  private final RightOrWrong values;
  private final Map<String, CheckedSchema> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, CheckedSchema> eldest) {
              return size() > KEPT;
            }
          });

  private JsonSchemaScorer(SettingValues settings) {
    this.field = settings.text("schema-field");
    long given =
        List.of("schema", "schema-file", "schema-field").stream()
            .filter(name -> settings.optional(name).isPresent())
            .count();
    if (given != 1) {
      throw settings.problem(
          "schema", "give exactly one of it, \"schema-file\" and \"schema-field\"");
    }
    String source = settings.optional("schema").isPresent() ? "schema" : "schema-file";
    try {
      this.schema =
          settings.optional("schema").or(() -> settings.file("schema-file")).map(CheckedSchema::of);
    } catch (IllegalArgumentException e) {
      throw settings.problem(source, e.getMessage());
    }
    this.fenced = settings.flag("fenced");
    this.part = ResponsePart.of(settings);
    this.values = RightOrWrong.of(settings);
  }

  private static Scorer create(SettingValues settings) {
    return Scorer.ofEach(new JsonSchemaScorer(settings)::score);
  }

  private ScorerResult score(ScorerInput input) {
    CheckedSchema wanted = schema.orElseGet(() -> own(input));
    Optional<String> counted = part.in(input.response());
    if (counted.isEmpty()) {
      return values.result(false, part.missing());
    }
    JsonNode value;
    try {
      value = CheckedSchema.STRICT.readTree(fenced ? unfenced(counted.get()) : counted.get());
    } catch (JsonProcessingException e) {
      return values.result(false, "no JSON: " + Quote.of(e.getOriginalMessage()));
    }
    if (value.isMissingNode()) {
      return values.result(false, "no JSON: nothing there");
    }
    if (hasInfinity(value)) {
      return values.result(false, "a number that float64 cannot hold");
    }
    String problem = wanted.problem(value);
    return values.result(problem.isEmpty(), problem.isEmpty() ? "allowed by the schema" : problem);
  }

  /** Numbers such as 1e999, which would make a check take for ever or fail. */
  private static boolean hasInfinity(JsonNode node) {
    if (node.isContainerNode()) {
      for (JsonNode child : node) {
        if (hasInfinity(child)) {
          return true;
        }
      }
      return false;
    }
    return node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue());
  }

  /** The content of a fence that is the whole text, with or without the name of a language. */
  private static String unfenced(String text) {
    String stripped = text.strip();
    int line = stripped.indexOf('\n');
    return stripped.startsWith(FENCE) && stripped.endsWith(FENCE) && line >= FENCE.length()
        ? stripped.substring(line, Math.max(line, stripped.length() - FENCE.length()))
        : text;
  }

  private CheckedSchema own(ScorerInput input) {
    String text = input.metadata().get(field);
    if (text == null) {
      throw new RefusalException("the prompt's metadata has no field \"" + field + '"');
    }
    CheckedSchema one = known.get(text);
    if (one == null) {
      try {
        one = CheckedSchema.of(text);
      } catch (IllegalArgumentException e) {
        throw new RefusalException(e.getMessage());
      }
      known.put(text, one);
    }
    return one;
  }
}
