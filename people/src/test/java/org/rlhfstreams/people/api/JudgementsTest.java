package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.people.access.PersonRole;

final class JudgementsTest {
  private static final String ID = "6f1c2a52-9f0e-4b0e-8a3f-0d7a4b6c1e11";
  private static final String OTHER_ID = "6f1c2a52-9f0e-4b0e-8a3f-0d7a4b6c1e12";
  private static final String THIRD_ID = "6f1c2a52-9f0e-4b0e-8a3f-0d7a4b6c1e13";

  @TempDir private Path directory;
  private ServedApi api;

  @BeforeEach
  void serve() {
    api = ServedApi.guarded(directory, Map.of());
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aPageSaysWhichQuestionsItHasAlreadyWhateverTheirIdsLookLike() {
    api.ask("story, first/0|story, first/1");
    String known = "other,story%252C%20first%252F0%257Cstory%252C%20first%252F1";
    String path = "/comparisons/next";
    assertThat(api.call(PersonRole.ANNOTATOR, "GET", path + "?exclude=" + known).statusCode())
        .isEqualTo(204);
    assertThat(api.call(PersonRole.ANNOTATOR, "GET", path + "?exclude=story").statusCode())
        .isEqualTo(200);
  }

  @Test
  void aQuestionIsAnsweredAndCountsOnceHoweverOftenItIsSent() {
    api.ask("a|b");
    JsonObject question =
        ServedApi.json(api.call(PersonRole.ANNOTATOR, "GET", "/comparisons/next"));
    boolean swapped = question.getBoolean("swapped");
    assertThat(question.getString("left")).isEqualTo((swapped ? "second" : "first") + " of a|b");
    JsonObject body =
        ServedApi.judgement(ID, "a|b", "left").put("swapped", swapped).put("comment", "shorter");
    HttpResponse<String> first = submit(body);
    HttpResponse<String> second = submit(body);
    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEqualTo(second.body());
    Judgement judgement = only();
    assertThat(judgement.getChoice()).isEqualTo(swapped ? Choice.SECOND : Choice.FIRST);
    assertThat(judgement.getAnnotator()).isEqualTo("annotator");
    assertThat(judgement.getComment()).isEqualTo("shorter");
    assertThat(api.call(PersonRole.ANNOTATOR, "GET", "/comparisons/next").statusCode())
        .isEqualTo(204);
  }

  @Test
  void twoAtOnceOfOneIdAreOneJudgement() throws Exception {
    api.ask("a|b");
    api.outbox().hold();
    String body = ServedApi.judgement(ID, "a|b", "tie").encode();
    List<CompletableFuture<Integer>> both =
        java.util.stream.Stream.of(1, 2)
            .map(
                each ->
                    CompletableFuture.supplyAsync(() -> submit(new JsonObject(body)).statusCode()))
            .toList();
    Awaitility.await()
        .untilAsserted(
            () -> {
              // A third one, of another id, is refused while they are under way.
              assertThat(submit(ServedApi.judgement(OTHER_ID, "a|b", "tie")).statusCode())
                  .isEqualTo(409);
            });
    api.outbox().release();
    assertThat(List.of(both.get(0).get(), both.get(1).get())).contains(201).isSubsetOf(200, 201);
    assertThat(only().getChoice()).isEqualTo(Choice.TIE);
  }

  @Test
  void anotherAnswerUnderTheSameIdIsRefused() {
    api.ask("a|b");
    submit(ServedApi.judgement(ID, "a|b", "left"));
    assertThat(submit(ServedApi.judgement(ID, "a|b", "right")).statusCode()).isEqualTo(409);
    assertThat(submit(ServedApi.judgement(OTHER_ID, "a|b", "right")).statusCode()).isEqualTo(409);
    only();
  }

  @Test
  void whatIsUnknownOrClosedIsNotAnswered() {
    Comparison comparison = api.ask("a|b");
    api.views().comparisons().apply(Comparison.newBuilder(comparison).setClosed("expired").build());
    assertThat(submit(ServedApi.judgement(ID, "a|b", "left")).statusCode()).isEqualTo(410);
    assertThat(submit(ServedApi.judgement(ID, "c|d", "left")).statusCode()).isEqualTo(404);
    assertThat(api.outbox().sent()).isEmpty();
  }

  @Test
  void whoHasAQuestionBeforeThemMayAnswerItThoughItClosesMeanwhile() {
    Comparison comparison = api.ask("a|b");
    assertThat(api.call(PersonRole.ANNOTATOR, "GET", "/comparisons/next").statusCode())
        .isEqualTo(200);
    api.views()
        .comparisons()
        .apply(Comparison.newBuilder(comparison).setClosed("replaced").build());
    assertThat(submit(ServedApi.judgement(ID, "a|b", "left")).statusCode()).isEqualTo(201);
    only();
  }

  @Test
  void whoTakesAnAnswerBackMayGiveAnotherThoughTheQuestionHasClosed() {
    Comparison comparison = api.ask("a|b");
    submit(ServedApi.judgement(ID, "a|b", "left"));
    api.views().comparisons().apply(Comparison.newBuilder(comparison).setClosed("judged").build());
    assertThat(api.call(PersonRole.ANNOTATOR, "DELETE", "/judgements/" + ID).statusCode())
        .isEqualTo(200);
    assertThat(submit(ServedApi.judgement(OTHER_ID, "a|b", "right")).statusCode()).isEqualTo(201);
  }

  @Test
  void anAnswerThatIsThereIsConfirmedThoughTheQuestionHasClosedSince() {
    Comparison comparison = api.ask("a|b");
    submit(ServedApi.judgement(ID, "a|b", "left"));
    api.views().comparisons().apply(Comparison.newBuilder(comparison).setClosed("judged").build());
    assertThat(submit(ServedApi.judgement(ID, "a|b", "left")).statusCode()).isEqualTo(200);
    only();
  }

  @Test
  void clocksThatAreWrongDoNotCount() {
    api.ask("a|b");
    api.ask("c|d");
    submit(ServedApi.judgement(ID, "a|b", "left").put("judgedAt", "2999-01-01T00:00:00Z"));
    submit(ServedApi.judgement(OTHER_ID, "c|d", "left").put("judgedAt", "1999-01-01T00:00:00Z"));
    List<Judgement> judgements =
        api.outbox().sent().stream().map(record -> (Judgement) record.value()).toList();
    assertThat(judgements.get(0).getJudgedAt())
        .isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(judgements.get(1).getJudgedAt()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    HttpResponse<String> refused =
        submit(ServedApi.judgement(ID, "a|b", "left").put("judgedAt", "yesterday"));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(ServedApi.json(refused).getString("field")).isEqualTo("judgedAt");
  }

  @Test
  void undoTakesBackOnesOwnAndLetsItBeJudgedAgain() {
    api.ask("a|b");
    submit(ServedApi.judgement(ID, "a|b", "left"));
    assertThat(mine().getInteger("count")).isEqualTo(1);
    HttpResponse<String> undone = api.call(PersonRole.ANNOTATOR, "DELETE", "/judgements/" + ID);
    assertThat(undone.statusCode()).isEqualTo(200);
    assertThat(api.call(PersonRole.ANNOTATOR, "DELETE", "/judgements/" + ID).statusCode())
        .isEqualTo(200);
    assertThat(api.outbox().sent()).hasSize(2);
    assertThat(((Judgement) api.outbox().sent().get(1).value()).getWithdrawn()).isTrue();
    assertThat(mine().getInteger("count")).isZero();
    assertThat(submit(ServedApi.judgement(ID, "a|b", "left")).statusCode()).isEqualTo(409);
    assertThat(
            ServedApi.json(api.call(PersonRole.ANNOTATOR, "GET", "/comparisons/next"))
                .getString("comparisonId"))
        .isEqualTo("a|b");
    assertThat(submit(ServedApi.judgement(OTHER_ID, "a|b", "right")).statusCode()).isEqualTo(201);
    assertThat(mine().getJsonArray("judgements").getJsonObject(0).getString("choice"))
        .isEqualTo("right");
  }

  @Test
  void aSkipIsNoAnswerInAnyFigure() {
    api.ask("a|b");
    api.ask("c|d");
    submit(ServedApi.judgement(ID, "a|b", "left"));
    submit(ServedApi.judgement(OTHER_ID, "c|d", "skip"));
    JsonObject mine = mine();
    assertThat(mine.getJsonArray("judgements")).hasSize(2);
    for (String figure : List.of("count", "today", "perHour")) {
      assertThat(mine.getInteger(figure)).as(figure).isEqualTo(1);
    }
    JsonObject run = ServedApi.json(api.call(PersonRole.ADMIN, "GET", "/status"));
    assertThat(run.getInteger("judgements")).isEqualTo(1);
    api.call(PersonRole.ANNOTATOR, "DELETE", "/judgements/" + OTHER_ID);
    assertThat(mine().getInteger("count")).isEqualTo(1);
    submit(ServedApi.judgement(THIRD_ID, "c|d", "tie"));
    assertThat(mine().getInteger("count")).isEqualTo(2);
  }

  @Test
  void anAdminTakesBackAllOfOnePerson() {
    api.ask("a|b");
    api.ask("c|d");
    submit(ServedApi.judgement(ID, "a|b", "left"));
    submit(ServedApi.judgement(OTHER_ID, "c|d", "skip"));
    HttpResponse<String> answer =
        api.call(PersonRole.ADMIN, "DELETE", "/annotators/annotator/judgements");
    assertThat(ServedApi.json(answer).getInteger("withdrawn")).isEqualTo(2);
    assertThat(api.outbox().sent()).hasSize(4);
    assertThat(mine().getInteger("count")).isZero();
  }

  @Test
  void whileTheLogIsAwayNothingIsKeptAndTheSameMayBeSentAgain() {
    api.ask("a|b");
    api.outbox().away(true);
    HttpResponse<String> away = submit(ServedApi.judgement(ID, "a|b", "left"));
    assertThat(away.statusCode()).isEqualTo(503);
    assertThat(away.headers().firstValue("Retry-After")).contains("2");
    api.outbox().away(false);
    api.outbox().failing(true);
    assertThat(submit(ServedApi.judgement(ID, "a|b", "left")).statusCode()).isEqualTo(503);
    api.outbox().failing(false);
    assertThat(submit(ServedApi.judgement(ID, "a|b", "left")).statusCode()).isEqualTo(201);
    only();
  }

  @Test
  void whoGetsNoAnswerInTimeHearsThatItIsNotKnown() {
    api.ask("a|b");
    api.outbox().hold();
    assertThat(submit(ServedApi.judgement(ID, "a|b", "left")).statusCode()).isEqualTo(503);
    api.outbox().release();
    assertThat(submit(ServedApi.judgement(ID, "a|b", "left")).statusCode()).isEqualTo(200);
    only();
  }

  private HttpResponse<String> submit(JsonObject body) {
    return api.call(PersonRole.ANNOTATOR, "POST", "/judgements", body.encode());
  }

  private JsonObject mine() {
    return ServedApi.json(api.call(PersonRole.ANNOTATOR, "GET", "/judgements/mine"));
  }

  private Judgement only() {
    assertThat(api.outbox().sent()).hasSize(1);
    return (Judgement) api.outbox().sent().get(0).value();
  }

  @Test
  void aConversationIsShownMessageByMessage() {
    String call =
        "{\"role\": \"assistant\", \"content\": \"\", \"tool_calls\": [{\"function\": {\"name\":"
            + " \"weather\", \"arguments\": {\"town\": \"Oslo\"}}}]}";
    api.views()
        .comparisons()
        .apply(
            Comparison.newBuilder(ServedApi.comparison("a|b", 1))
                .setPromptText("<|im_start|>system\nBe brief.<|im_end|>")
                .setPromptMessages(
                    List.of(
                        new ChatMessage("system", "Be brief.", null),
                        new ChatMessage("user", "Weather?", null),
                        new ChatMessage("assistant", "", call),
                        new ChatMessage("tool", "rain", null)))
                .build());
    JsonObject question =
        ServedApi.json(api.call(PersonRole.ANNOTATOR, "GET", "/comparisons/next"));
    assertThat(question.getString("prompt"))
        .isEqualTo(
            "System:\nBe brief.\n\nUser:\nWeather?\n\nAssistant:\n"
                + "[calls weather {\"town\":\"Oslo\"}]\n\nTool:\nrain");
    JsonArray messages = question.getJsonArray("messages");
    assertThat(messages.size()).isEqualTo(4);
    assertThat(messages.getJsonObject(0))
        .isEqualTo(new JsonObject().put("role", "system").put("content", "Be brief."));
    assertThat(messages.getJsonObject(2)).isEqualTo(new JsonObject(call));
  }
}
