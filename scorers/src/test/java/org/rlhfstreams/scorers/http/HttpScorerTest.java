package org.rlhfstreams.scorers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
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

/** A service that answers well, badly, late or never. */
@Timeout(120)
final class HttpScorerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Scorer scorer(ScriptedServer server, String... settings) {
    return scorer(server.url("/score"), settings);
  }

  private static Scorer scorer(String url, String... settings) {
    Map<String, String> given = new HashMap<>();
    given.put("url", url);
    given.put("backoff", "1ms");
    given.put("longest-backoff", "5ms");
    for (int i = 0; i < settings.length; i += 2) {
      given.put(settings[i], settings[i + 1]);
    }
    return HttpScorer.KIND.create(given);
  }

  private static List<ScorerInput> batch(int size) {
    return IntStream.range(0, size).mapToObj(i -> Inputs.of("p/0", i, "text " + i)).toList();
  }

  /** Scores each response by the number in its text. */
  private static Answer right(String body) throws Exception {
    ObjectNode answer = JSON.createObjectNode();
    for (JsonNode item : JSON.readTree(body).get("items")) {
      answer
          .withArray("scores")
          .addObject()
          .put("id", item.get("id").asText())
          .put("value", Double.parseDouble(item.get("response").asText().substring(5)))
          .put("explanation", "because");
    }
    return Answer.of(200, answer.toString());
  }

  private static ScoreRefusal refusal(ScorerResult result) {
    assertThat(result).isInstanceOf(ScoreRefusal.class);
    return (ScoreRefusal) result;
  }

  @Test
  void aBatchIsScoredInOrderAndInChunks() {
    try (ScriptedServer server = new ScriptedServer((n, body) -> right(body));
        Scorer scorer = scorer(server, "batch-size", "10")) {
      List<ScorerResult> results = scorer.score(batch(25));
      assertThat(results)
          .containsExactlyElementsOf(
              IntStream.range(0, 25).mapToObj(i -> ScorerResult.value(i, "because")).toList());
      assertThat(server.asked()).hasSize(3);
      assertThat(scorer.score(List.of())).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"500", "502", "503", "504", "429", "408", "425"})
  void whatPassesIsSentAgain(int status) {
    try (ScriptedServer server =
            new ScriptedServer((n, body) -> n < 2 ? Answer.of(status, "later") : right(body));
        Scorer scorer = scorer(server)) {
      assertThat(scorer.score(batch(2)))
          .containsExactly(ScorerResult.value(0, "because"), ScorerResult.value(1, "because"));
      assertThat(server.asked()).hasSize(3);
    }
  }

  @Test
  void whatGoesOnIsRefusedForNowWithTheReason() {
    try (ScriptedServer server = new ScriptedServer((n, body) -> Answer.of(503, "too\nbusy"));
        Scorer scorer = scorer(server, "attempts", "3")) {
      assertThat(scorer.score(batch(1)))
          .containsExactly(
              ScorerResult.refusedForNow(server.url("/score") + " answers 503: too busy, 3 times"));
      assertThat(server.asked()).hasSize(3);
    }
  }

  @Test
  void silenceAndAHungUpConnectionAreSentAgain() {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
            new ScriptedServer(
                (n, body) -> {
                  if (n == 0) {
                    throw new IllegalStateException("hangs up");
                  }
                  return right(body);
                });
        ScriptedServer silent =
            new ScriptedServer(
                (n, body) -> {
                  over.await();
                  return right(body);
                });
        Scorer scorer = scorer(server);
        Scorer hasty = scorer(silent, "timeout", "300ms", "attempts", "2")) {
      assertThat(scorer.score(batch(1))).containsExactly(ScorerResult.value(0, "because"));
      ScoreRefusal refusal = refusal(hasty.score(batch(1)).get(0));
      assertThat(refusal.reason()).contains("has not answered within 0.3 s, 2 times");
      assertThat(refusal.tryAgain()).isTrue();
      over.countDown();
    }
  }

  @Test
  void aServiceThatIsNotThereIsRefusedForNow() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (Scorer scorer = scorer("http://127.0.0.1:" + port + "/x", "attempts", "2")) {
      ScoreRefusal refusal = refusal(scorer.score(batch(1)).get(0));
      assertThat(refusal.reason()).contains("cannot be reached").contains("2 times");
      assertThat(refusal.tryAgain()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | {"scores": [{"id": "p/0/0", "value": NaN}]}        | the answer is no JSON
          200 | {"scores": [{"id": "p/0/0", "value": "0.5"}]}      | no finite number: "0.5"
          200 | {"scores": [{"id": "p/0/0", "value": 1e999}]}      | no finite number
          200 | {"scores": [{"id": "p/0/0", "value": null}]}       | no finite number: null
          200 | {"scores": [{"id": "p/0/0"}]}                      | no finite number: missing
          200 | {"scores": [{"id": "p/0/9", "value": 1}]}          | which was not asked for
          200 | {"scores": [{"id": "p/0/0", "value": 1}, {"id": "p/0/0", "value": 2}]} | twice
          200 | {"scores": [{"id": "p/0/0", "error": "no tests"}]} | the service refuses: no tests
          200 | {"score": 1}                                       | no array "scores"
          200 | {"scores": []} and more                            | the answer is no JSON
          200 | <html>It works!</html>                             | the answer is no JSON: <html>
          400 | bad                                                | answers 400: bad
          401 | no                                                 | check "token-variable" or
          404 | what                                               | check "url"
          204 | -                                                  | answers 204
          """)
  void whatMakesNoSenseIsRefusedAtOnce(int status, String body, String reason) {
    try (ScriptedServer server =
            new ScriptedServer((n, asked) -> Answer.of(status, status == 204 ? "" : body));
        Scorer scorer = scorer(server)) {
      ScoreRefusal refusal = refusal(scorer.score(batch(1)).get(0));
      assertThat(refusal.reason()).contains(reason);
      assertThat(refusal.tryAgain()).isFalse();
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void tooFewScoresAreAskedForAgain() {
    try (ScriptedServer server =
            new ScriptedServer(
                (n, body) ->
                    n == 0
                        ? Answer.of(
                            200,
                            "{\"scores\": [{\"id\": \"p/0/1\", \"value\": 7}, {\"id\": \"p/0/2\","
                                + " \"error\": \"busy\", \"retry\": true}]}")
                        : right(body));
        Scorer scorer = scorer(server)) {
      assertThat(scorer.score(batch(3)))
          .containsExactly(
              ScorerResult.value(0, "because"),
              ScorerResult.value(7),
              ScorerResult.value(2, "because"));
      assertThat(server.asked()).hasSize(2);
      assertThat(server.asked().get(1).body()).doesNotContain("p/0/1");
    }
    try (ScriptedServer server =
            new ScriptedServer((n, body) -> Answer.of(200, "{\"scores\": []}"));
        Scorer scorer = scorer(server)) {
      assertThat(scorer.score(batch(1)))
          .containsExactly(ScorerResult.refusedForNow("the service has left it out of 3 answers"));
    }
  }

  @Test
  void aResponseThatTheServiceCannotStandCostsNoOtherItsScore() {
    try (ScriptedServer server =
            new ScriptedServer(
                (n, body) -> body.contains("\"text 5\"") ? Answer.of(500, "crash") : right(body));
        Scorer scorer = scorer(server, "attempts", "2", "breaker-calls", "100")) {
      List<ScorerResult> results = scorer.score(batch(8));
      for (int i = 0; i < 8; i++) {
        if (i == 5) {
          assertThat(refusal(results.get(i)).reason()).contains("answers 500: crash, 2 times");
        } else {
          assertThat(results.get(i)).isEqualTo(ScorerResult.value(i, "because"));
        }
      }
    }
  }

  @Test
  void aRedirectIsNotFollowed() {
    try (ScriptedServer server =
            new ScriptedServer(
                (n, body) -> new Answer(307, "", Map.of("Location", "http://evil.example/steal")));
        Scorer scorer = scorer(server)) {
      ScoreRefusal refusal = refusal(scorer.score(batch(1)).get(0));
      assertThat(refusal.reason())
          .contains("redirects to http://evil.example/steal; set \"url\" to where it is");
      assertThat(refusal.tryAgain()).isFalse();
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void anAnswerOfTenMegabytesIsGivenUp() {
    String huge = "x".repeat(10_000_000);
    try (ScriptedServer server = new ScriptedServer((n, body) -> Answer.of(200, huge));
        Scorer scorer = scorer(server)) {
      ScoreRefusal refusal = refusal(scorer.score(batch(1)).get(0));
      assertThat(refusal.reason()).contains("longer than 1000000 bytes; raise \"largest-answer\"");
      assertThat(refusal.tryAgain()).isFalse();
    }
  }

  @Test
  void theBreakerHoldsCallsBackAndLetsThemGoOn() {
    try (ScriptedServer server =
            new ScriptedServer((n, body) -> n < 8 ? Answer.of(503, "down") : right(body));
        Scorer scorer =
            scorer(
                server,
                "batch-size",
                "1",
                "concurrency",
                "1",
                "attempts",
                "4",
                "breaker-calls",
                "4",
                "breaker-pause",
                "50ms")) {
      // 4 fail and open it; each probe that fails costs its rollout an attempt, nobody else one
      List<ScorerResult> results = scorer.score(batch(6));
      assertThat(results.subList(2, 6)).allMatch(ScoreValue.class::isInstance);
      assertThat(server.asked()).hasSize(12);
    }
    try (ScriptedServer server = new ScriptedServer((n, body) -> Answer.of(503, "down"));
        Scorer scorer =
            scorer(
                server,
                "batch-size",
                "1",
                "concurrency",
                "1",
                "attempts",
                "1",
                "breaker-calls",
                "2",
                "breaker-pause",
                "10m",
                "patience",
                "400ms")) {
      List<ScorerResult> results = scorer.score(batch(3));
      assertThat(refusal(results.get(2)).reason())
          .contains("was not asked: 100 % of the last calls have failed");
      assertThat(refusal(results.get(2)).tryAgain()).isTrue();
      assertThat(server.asked()).hasSize(2);
    }
  }

  @Test
  void requestsAMinuteAreKept() {
    try (ScriptedServer server = new ScriptedServer((n, body) -> right(body));
        Scorer scorer =
            scorer(server, "batch-size", "1", "requests-per-minute", "300", "patience", "5m")) {
      long begin = System.nanoTime();
      assertThat(scorer.score(batch(6))).allMatch(ScoreValue.class::isInstance);
      // one at once, then one every 200 ms
      assertThat(System.nanoTime() - begin).isGreaterThan(950_000_000L);
    }
    try (ScriptedServer server = new ScriptedServer((n, body) -> right(body));
        Scorer scorer =
            scorer(server, "batch-size", "1", "tokens-per-minute", "60", "patience", "1s")) {
      ScoreRefusal refusal = refusal(scorer.score(batch(1)).get(0));
      assertThat(refusal.reason()).contains("left no room within PT1S");
      assertThat(refusal.tryAgain()).isTrue();
      assertThat(server.asked()).isEmpty();
    }
  }

  @Test
  void asManyRequestsAreUnderWayAsAllowed() {
    CyclicBarrier four = new CyclicBarrier(4);
    try (ScriptedServer server =
            new ScriptedServer(
                (n, body) -> {
                  four.await(60, TimeUnit.SECONDS); // answers only if four are there
                  return right(body);
                });
        Scorer scorer = scorer(server, "batch-size", "1", "concurrency", "4")) {
      assertThat(scorer.parallelism()).isEqualTo(4);
      assertThat(scorer.score(batch(8))).allMatch(ScoreValue.class::isInstance);
    }
  }

  @Test
  void anInterruptRefusesForNowAndStaysSet() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    List<ScorerResult> results = new ArrayList<>();
    AtomicBoolean stays = new AtomicBoolean();
    try (ScriptedServer server =
            new ScriptedServer(
                (n, body) -> {
                  asked.countDown();
                  new CountDownLatch(1).await(30, TimeUnit.SECONDS);
                  return right(body);
                });
        Scorer scorer = scorer(server)) {
      Thread thread =
          new Thread(
              () -> {
                results.addAll(scorer.score(batch(1)));
                stays.set(Thread.currentThread().isInterrupted());
              });
      thread.start();
      asked.await();
      thread.interrupt();
      thread.join();
      assertThat(results).containsExactly(ScorerResult.refusedForNow("interrupted"));
      assertThat(stays).isTrue();
    }
  }

  @Test
  void theTokenComesFromAFileThatMayChange(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "first\n");
    try (ScriptedServer server = new ScriptedServer((n, body) -> right(body));
        Scorer scorer = scorer(server, "token-file", file.toString())) {
      scorer.score(batch(1));
      Files.writeString(file, "second");
      scorer.score(batch(1));
      assertThat(server.asked())
          .extracting(ScriptedServer.Asked::authorization)
          .containsExactly("Bearer first", "Bearer second");
    }
    assertThatThrownBy(
            () -> scorer("http://127.0.0.1/", "token-variable", "NO_SUCH_VARIABLE_ANYWHERE"))
        .isInstanceOf(ScorerException.class)
        .hasMessageContaining("set the environment variable NO_SUCH_VARIABLE_ANYWHERE");
    assertThatThrownBy(() -> scorer("http://user:secret@127.0.0.1/"))
        .isInstanceOf(ScorerException.class);
  }

  @Test
  void requestsAndAnswersAreThoseOfTheContract() throws Exception {
    JsonNode document;
    try (InputStream file = HttpScorer.class.getResourceAsStream("http-scorer.openapi.yaml")) {
      document = new ObjectMapper(new YAMLFactory()).readTree(file);
    }
    try (ScriptedServer server = new ScriptedServer((n, body) -> right(body));
        Scorer scorer = scorer(server)) {
      scorer.score(batch(3));
      assertThat(problems(document, "ScoreRequest", server.asked().get(0).body())).isEmpty();
      assertThat(problems(document, "ScoreAnswer", right(server.asked().get(0).body()).body()))
          .isEmpty();
      assertThat(
              problems(
                  document,
                  "ScoreAnswer",
                  ScoreProtocol.answer(
                      batch(2),
                      List.of(ScorerResult.value(1), ScorerResult.refusedForNow("busy")))))
          .isEmpty();
      assertThat(problems(document, "ScoreAnswer", "{\"scores\": [{\"id\": \"a\"}]}")).isNotEmpty();
      assertThat(ScoreProtocol.inputs(server.asked().get(0).body())).isEqualTo(batch(3));
    }
  }

  private static List<?> problems(JsonNode document, String name, String text) throws Exception {
    ObjectNode schema = JSON.createObjectNode().put("$ref", "#/components/schemas/" + name);
    schema.set("components", document.get("components"));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema)
        .validate(JSON.readTree(text));
  }
}
