package org.rlhfstreams.scorers.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.scorers.Inputs;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.ScoreValue;
import org.rlhfstreams.scorers.ScorerException;
import org.rlhfstreams.scorers.ScorerResult;

/** What JSON is right, and which schemas are none. */
final class JsonSchemaScorerTest {
  private static final String SCHEMA =
      """
      {"type": "object", "required": ["name"], "additionalProperties": false,
       "properties": {"name": {"type": "string", "pattern": "^(a+)+$"}, "age": {"type": "integer", "multipleOf": 1}}}
      """;

  private static ScorerResult result(String response, Map<String, String> settings) {
    return JsonSchemaScorer.KIND
        .create(settings)
        .score(
            List.of(Inputs.answered(response, Map.of("schema", SCHEMA, "broken", "{\"type\": 5}"))))
        .get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"name": "aaa"}                        | 1
          {"name": "aaa", "age": 5}              | 1
          {"name": "aaa", "age": 5.5}            | 0
          {"name": "aaa", "age": 1e999}          | 0
          {"name": "aaa", "age": 1e400000000}    | 0
          {"name": "b"}                          | 0
          {"age": 5}                             | 0
          {"name": "a", "x": 1}                  | 0
          {"name": "a", "name": "a"}             | 0
          {"name": "a"} and more                 | 0
          {"name": "a"                           | 0
          not json                               | 0
          [1]                                    | 0
          ~~                                     | 0
          """)
  void aResponseIsRightIfTheSchemaAllowsIt(String response, double verdict) {
    assertThat(((ScoreValue) result(response, Map.of("schema", SCHEMA))).value())
        .isEqualTo(verdict);
  }

  @Test
  void aFenceIsAllowedIfTheSettingsSaySo() {
    String fenced = "```json\n{\"name\": \"a\"}\n```";
    assertThat(((ScoreValue) result(fenced, Map.of("schema-field", "schema"))).value())
        .isEqualTo(1);
    assertThat(
            ((ScoreValue) result(fenced, Map.of("schema-field", "schema", "fenced", "false")))
                .value())
        .isEqualTo(0);
  }

  @Test
  void aSchemaThatIsNoneIsRefused(@TempDir Path directory) throws Exception {
    assertThat(result("{}", Map.of("schema-field", "broken")))
        .isInstanceOfSatisfying(
            ScoreRefusal.class,
            refusal -> {
              assertThat(refusal.reason()).startsWith("the schema is none: /type");
              assertThat(refusal.tryAgain()).isFalse();
            });
    Path file = Files.writeString(directory.resolve("schema.json"), "[1]");
    assertThatThrownBy(() -> JsonSchemaScorer.KIND.create(Map.of("schema-file", file.toString())))
        .isInstanceOf(ScorerException.class)
        .hasMessage(
            "scorer kind json-schema: setting \"schema-file\": the schema is array, not an object"
                + " such as {\"type\": \"object\"}");
    for (String schema :
        List.of(
            "{",
            "{\"pattern\": \"(?=a)\"}",
            "{\"pattern\": \"(((x{1000}){1000}){1000}){1000}\"}",
            "{\"$ref\": \"#/nowhere\"}",
            "{\"$ref\": \"http://127.0.0.1:9/schema\"}",
            "{\"$ref\": \"file:///etc/passwd\"}",
            "{\"$schema\": \"http://127.0.0.1:9/schema\"}")) {
      assertThatThrownBy(() -> JsonSchemaScorer.KIND.create(Map.of("schema", schema)))
          .as(schema)
          .isInstanceOf(ScorerException.class);
    }
  }

  @Test
  void aDeepAnswerAndALongOneAreWrongAndNothingElse() {
    String any = "{\"items\": {\"$ref\": \"#\"}, \"pattern\": \"^(a|aa)+$\"}";
    assertThat(result("[".repeat(100_000), Map.of("schema", any))).isInstanceOf(ScoreValue.class);
    assertThat(result("\"" + "a".repeat(20_000) + "!\"", Map.of("schema", any)))
        .isInstanceOfSatisfying(ScoreValue.class, value -> assertThat(value.value()).isEqualTo(0));
  }
}
