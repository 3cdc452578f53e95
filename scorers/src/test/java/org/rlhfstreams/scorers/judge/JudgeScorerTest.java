package org.rlhfstreams.scorers.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.scorers.Inputs;
import org.rlhfstreams.scorers.ScoreRefusal;
import org.rlhfstreams.scorers.ScoreValue;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerException;
import org.rlhfstreams.scorers.ScorerInput;
import org.rlhfstreams.scorers.ScorerResult;
import org.rlhfstreams.scorers.remote.ScriptedServer;
import org.rlhfstreams.scorers.remote.ScriptedServer.Answer;

/** A judge that says clearly what it thinks, and one that does not. */
@Timeout(120)
final class JudgeScorerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Scorer judge(ScriptedServer server, String... settings) {
    Map<String, String> given = new HashMap<>();
    given.put("url", server.url("/v1"));
    given.put("model", "judge-7b");
    given.put("backoff", "1ms");
    for (int i = 0; i < settings.length; i += 2) {
      given.put(settings[i], settings[i + 1]);
    }
    return JudgeScorer.KIND.create(given);
  }

  private static Answer says(String text) {
    ObjectNode answer = JSON.createObjectNode();
    answer
        .putArray("choices")
        .addObject()
        .put("finish_reason", "stop")
        .putObject("message")
        .put("role", "assistant")
        .put("content", text);
    return Answer.of(200, answer.toString());
  }

  private static List<ScorerInput> group(String... responses) {
    return IntStream.range(0, responses.length)
        .mapToObj(i -> Inputs.of("p/0", i, responses[i]))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"score": 7}                                                  | 7
          It is good. ```json {"score": 7.5}```                         | 7.5
          First {"score": 2}, then {"reason": "x", "score": 8}. Done.   | 8
          {"score": "9"}                                                | 9
          <think>{"score": 1}</think> {"score": 6}                      | 6
          A {brace} and {"score": 0} {                                  | 0
          """)
  void aScoreIsFoundInJson(String said, double score) {
    try (ScriptedServer server = new ScriptedServer((n, body) -> says(said));
        Scorer judge = judge(server)) {
      ScoreValue value = (ScoreValue) judge.score(group("x")).get(0);
      assertThat(value.value()).isEqualTo(score);
      assertThat(value.explanation()).isPresent();
    }
  }

  @Test
  void aScoreIsFoundByAPattern() {
    try (ScriptedServer server =
            new ScriptedServer((n, body) -> says("Score: 2/5. No, score: 3/5"));
        Scorer judge = judge(server, "pattern", "(?i)score: ([0-9.]+)/5", "maximum", "5")) {
      assertThat(((ScoreValue) judge.score(group("x")).get(0)).value()).isEqualTo(3);
    }
  }

  @Test
  void theQuestionIsTheTemplateAndTheResponseIsOnlyText() throws Exception {
    try (ScriptedServer server = new ScriptedServer((n, body) -> says("{\"score\": 5}"));
        Scorer judge =
            judge(
                server,
                "prompt",
                "{{ messages[0].role }}|{{ prompt }}|{{ response }}|{{ metadata.answer }}",
                "system",
                "Be fair.",
                "extra",
                "{\"seed\": 3, \"temperature\": 0.5}")) {
      judge.score(group("{{ metadata.answer }} {% raise %}"));
      JsonNode asked = JSON.readTree(server.asked().get(0).body());
      assertThat(asked.path("model").asText()).isEqualTo("judge-7b");
      assertThat(asked.path("seed").asInt()).isEqualTo(3);
      assertThat(asked.path("temperature").asDouble()).isEqualTo(0.5);
      assertThat(asked.path("max_tokens").asInt()).isEqualTo(512);
      assertThat(asked.path("messages").path(0).path("content").asText()).isEqualTo("Be fair.");
      assertThat(asked.path("messages").path(1).path("content").asText())
          .isEqualTo("user|What?|{{ metadata.answer }} {% raise %}|42");
    }
  }

  @Test
  void aJudgeThatTalksAroundTheNumberIsRemindedAndThenRefused() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                (n, body) -> says(n == 0 ? "Seven or so, I would say." : "{\"score\": 7}"));
        Scorer judge = judge(server)) {
      assertThat(((ScoreValue) judge.score(group("x")).get(0)).value()).isEqualTo(7);
      JsonNode messages = JSON.readTree(server.asked().get(1).body()).path("messages");
      assertThat(messages).hasSize(3);
      assertThat(messages.path(2).path("content").asText())
          .contains("JSON object with a field \"score\" alone; the score is a number from 0.0 to");
    }
    for (String bad : List.of("No idea.", "{\"score\": 11}", "{\"score\": \"NaN\"}", " ")) {
      try (ScriptedServer server = new ScriptedServer((n, body) -> says(bad));
          Scorer judge = judge(server, "answers", "2")) {
        ScoreRefusal refusal = (ScoreRefusal) judge.score(group("x")).get(0);
        assertThat(refusal.reason()).startsWith("judge: ").endsWith(", 2 times");
        assertThat(refusal.tryAgain()).isFalse();
        assertThat(server.asked()).hasSize(2);
      }
    }
    try (ScriptedServer server = new ScriptedServer((n, body) -> Answer.of(429, "slow down"));
        Scorer judge = judge(server, "attempts", "2")) {
      assertThat(judge.score(group("x")).get(0))
          .isEqualTo(
              ScorerResult.refusedForNow(
                  "judge: "
                      + server.url("/v1/chat/completions")
                      + " answers 429: slow down, 2 times"));
    }
  }

  /** Prefers the longer response, or always what is shown first. */
  private static Answer compares(String body, boolean bribed) throws Exception {
    String question = JSON.readTree(body).path("messages").path(0).path("content").asText();
    String[] parts = question.split("\\|", -1);
    int difference = parts[0].length() - parts[1].length();
    String winner = bribed || difference > 0 ? "A" : difference == 0 ? "tie" : "B";
    return says("{\"winner\": \"" + winner + "\"}");
  }

  private static final String[] PAIRWISE = {
    "mode", "pairwise", "prompt", "{{ first }}|{{ second }}"
  };

  @Test
  void pairsAreComparedInBothOrders() {
    try (ScriptedServer server = new ScriptedServer((n, body) -> compares(body, false));
        Scorer judge = judge(server, PAIRWISE)) {
      assertThat(judge.wholeGroups()).isTrue();
      assertThat(judge.score(group("aaa", "a", "aa", "aa")))
          .extracting(result -> ((ScoreValue) result).value())
          .containsExactly(1.0, 0.0, 0.5, 0.5);
      assertThat(server.asked()).hasSize(12);
    }
    try (ScriptedServer server = new ScriptedServer((n, body) -> compares(body, true));
        Scorer judge = judge(server, PAIRWISE)) {
      assertThat(judge.score(group("aaa", "a", "aa")))
          .extracting(result -> ((ScoreValue) result).value())
          .containsExactly(0.5, 0.5, 0.5);
    }
  }

  @Test
  void responsesAreComparedWithinTheirGroupAndWithSoManyOthers() {
    try (ScriptedServer server = new ScriptedServer((n, body) -> compares(body, false));
        Scorer judge = judge(server, "mode", "pairwise", "prompt", PAIRWISE[3], "opponents", "1")) {
      List<ScorerInput> batch =
          List.of(
              Inputs.of("p/0", 0, "a"),
              Inputs.of("p/1", 0, "alone"),
              Inputs.of("p/0", 1, "aa"),
              Inputs.of("p/0", 2, "aaa"));
      List<ScorerResult> results = judge.score(batch);
      assertThat(((ScoreValue) results.get(0)).value()).isEqualTo(0);
      assertThat(((ScoreRefusal) results.get(1)).reason()).contains("no other response");
      assertThat(((ScoreValue) results.get(2)).value()).isEqualTo(0.5);
      assertThat(((ScoreValue) results.get(3)).value()).isEqualTo(1);
      assertThat(server.asked()).hasSize(6);
    }
  }

  @Test
  void aComparisonWithoutAVerdictRefusesBoth() {
    try (ScriptedServer server =
            new ScriptedServer(
                (n, body) ->
                    body.contains("bad") && body.contains("aaa")
                        ? says("Both have merits.")
                        : compares(body, false));
        Scorer judge = judge(server, PAIRWISE)) {
      List<ScorerResult> results = judge.score(group("aaa", "bad", "a"));
      assertThat(results.get(0)).isInstanceOf(ScoreRefusal.class);
      assertThat(results.get(1)).isInstanceOf(ScoreRefusal.class);
      assertThat(((ScoreValue) results.get(2)).value()).isEqualTo(0);
    }
  }

  @Test
  void settingsThatCannotWorkAreSaid() {
    try (ScriptedServer server = new ScriptedServer((n, body) -> says(""))) {
      assertThatThrownBy(() -> judge(server, "prompt", "{{ respons }}"))
          .isInstanceOf(ScorerException.class)
          .hasMessage(
              "scorer kind judge: setting \"prompt\": the template has to show {{ response }}");
      assertThatThrownBy(() -> judge(server, "prompt", "{% if %}"))
          .hasMessageContaining("the template cannot be used");
      assertThatThrownBy(() -> judge(server, "pattern", "Score: \\d+"))
          .hasMessageContaining("put brackets around the verdict");
      assertThatThrownBy(() -> judge(server, "extra", "[1]"))
          .hasMessageContaining("a JSON object such as");
      assertThatThrownBy(() -> judge(server, "url", server.url("/v1/chat/completions")))
          .hasMessageContaining("give the base");
    }
  }
}
