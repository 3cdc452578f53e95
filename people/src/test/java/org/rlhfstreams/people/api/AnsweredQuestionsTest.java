package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

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
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.access.PersonRole;

/**
 * An annotation of a task that asks one of our questions is a preference, and an answer by which
 * the question closes.
 */
final class AnsweredQuestionsTest {
  private static final String EARLY = "2026-11-20T10:00:00Z";
  private static final String LATER = "2026-11-20T10:00:05.250000Z";

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

  /** What {@code GET /export/label-studio} gives, with an annotation as its webhook has it. */
  private JsonObject annotated(String comparisonId, int id, int person, String at, String said) {
    JsonArray results = new JsonArray();
    if (!said.isEmpty()) {
      results.add(
          new JsonObject()
              .put("from_name", "preference")
              .put("type", "pairwise")
              .put("value", new JsonObject().put("selected", said)));
    }
    return new JsonObject()
        .put("action", "ANNOTATION_UPDATED")
        .put("task", new JsonObject().put("id", 5).put("data", task(comparisonId)))
        .put(
            "annotation",
            new JsonObject()
                .put("id", id)
                .put("completed_by", person)
                .put("updated_at", at)
                .put("was_cancelled", said.equals("skip"))
                .put("result", results));
  }

  private JsonObject task(String comparisonId) {
    JsonArray tasks =
        new JsonArray(api.call(PersonRole.VIEWER, "GET", "/export/label-studio").body());
    return tasks.stream()
        .map(task -> ((JsonObject) task).getJsonObject("data"))
        .filter(data -> data.getString("comparisonId").equals(comparisonId))
        .findFirst()
        .orElseGet(
            () ->
                new JsonObject()
                    .put("comparisonId", comparisonId)
                    .put("prompt", "What of " + comparisonId + "?")
                    .put("first", "first of " + comparisonId)
                    .put("second", "second of " + comparisonId));
  }

  private void send(JsonObject event) {
    HttpResponse<String> answer =
        api.call(PersonRole.APPLICATION, "POST", "/webhooks/label-studio", event.encode());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(ServedApi.json(answer).getJsonArray("refused")).isEmpty();
  }

  private void delete(int id) {
    send(
        new JsonObject()
            .put("action", "ANNOTATIONS_DELETED")
            .put("annotations", new JsonArray().add(new JsonObject().put("id", id))));
  }

  private List<Judgement> answers() {
    return sent(Judgement.class);
  }

  private List<Preference> preferences() {
    return sent(Preference.class);
  }

  private <T> List<T> sent(Class<T> type) {
    return api.outbox().sent().stream()
        .map(record -> record.value())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  private void closeAs(String comparisonId, String why) {
    api.views()
        .comparisons()
        .apply(Comparison.newBuilder(ServedApi.comparison(comparisonId, 1)).setClosed(why).build());
  }

  @Test
  void anAnnotationIsAPreferenceAndAnswersItsQuestion() {
    api.ask("a/0|a/1");
    send(annotated("a/0|a/1", 7, 3, EARLY, "right"));
    Judgement answer = answers().get(0);
    assertThat(answers()).hasSize(1);
    assertThat(answer.getJudgementId()).isEqualTo("label-studio/application/7@" + EARLY);
    assertThat(answer.getComparisonId()).isEqualTo("a/0|a/1");
    assertThat(answer.getAnnotator()).isEqualTo("label-studio/3");
    assertThat(answer.getChoice()).isEqualTo(Choice.SECOND);
    assertThat(preferences())
        .singleElement()
        .satisfies(
            preference -> {
              assertThat(preference.getPreferenceId()).isEqualTo(answer.getJudgementId());
              assertThat(preference.getChosen()).isEqualTo("second of a/0|a/1");
              assertThat(preference.getComparisonId()).isEqualTo("a/0|a/1");
            });
    assertThat(api.outbox().sent().get(0).key()).isEqualTo("a/0|a/1");
    send(annotated("a/0|a/1", 7, 3, EARLY, "right")); // sent again
    assertThat(api.outbox().sent()).hasSize(2);
  }

  @Test
  void aChangeTakesTheAnswerBackAndGivesTheNewOneAndADeletionTakesItBack() {
    api.ask("q");
    send(annotated("q", 7, 3, EARLY, "right"));
    send(annotated("q", 7, 3, LATER, "left"));
    assertThat(answers())
        .extracting(Judgement::getWithdrawn, Judgement::getChoice)
        .containsExactly(
            tuple(false, Choice.SECOND), tuple(true, Choice.SECOND), tuple(false, Choice.FIRST));
    closeAs("q", "judged");
    delete(7);
    assertThat(answers()).hasSize(4);
    assertThat(answers().get(3).getWithdrawn()).isTrue();
    assertThat(answers().get(3).getJudgementId())
        .isEqualTo("label-studio/application/7@2026-11-20T10:00:05.250Z");
    assertThat(api.views().judgements().answers("q")).isZero();
  }

  @Test
  void aTieAnswersItsQuestionAndASkipDoesNot() {
    api.ask("tie");
    api.ask("skip");
    send(annotated("tie", 1, 3, EARLY, ""));
    send(annotated("skip", 2, 3, EARLY, "skip"));
    assertThat(answers()).extracting(Judgement::getChoice).containsExactly(Choice.TIE, Choice.SKIP);
    assertThat(preferences()).allMatch(Preference::getWithdrawn);
    assertThat(api.views().judgements().answers("tie")).isEqualTo(1);
    assertThat(api.views().judgements().answers("skip")).isZero();
    delete(1);
    assertThat(api.views().judgements().answers("tie")).isZero();
  }

  @Test
  void twoPeopleAnswerBothAndOnePersonOnce() {
    api.ask("q");
    send(annotated("q", 1, 3, EARLY, "left"));
    closeAs("q", "judged");
    send(annotated("q", 2, 4, EARLY, "right"));
    send(annotated("q", 3, 4, EARLY, "right"));
    assertThat(answers())
        .extracting(Judgement::getAnnotator)
        .as("the answers of one that is judged count for agreement")
        .containsExactly("label-studio/3", "label-studio/4");
    assertThat(preferences()).hasSize(3);
  }

  @Test
  void twoAnnotationsOfOnePersonThatAreSentTogetherAnswerOnce() {
    api.ask("q");
    api.ask("r");
    JsonObject task =
        new JsonObject()
            .put("id", 5)
            .put("data", task("q"))
            .put(
                "annotations",
                new JsonArray()
                    .add(annotated("q", 1, 3, EARLY, "left").getJsonObject("annotation"))
                    .add(annotated("q", 2, 3, LATER, "right").getJsonObject("annotation")));
    JsonObject other =
        new JsonObject()
            .put("id", 6)
            .put("data", task("r"))
            .put(
                "annotations",
                new JsonArray()
                    .add(annotated("r", 3, 3, EARLY, "left").getJsonObject("annotation")));
    api.outbox().hold();
    CompletableFuture<HttpResponse<String>> sync =
        CompletableFuture.supplyAsync(
            () ->
                api.call(
                    PersonRole.APPLICATION,
                    "POST",
                    "/annotations/label-studio",
                    new JsonObject().put("tasks", JsonArray.of(task, other)).encode()));
    Awaitility.await().until(() -> api.outbox().waiting() >= 2);
    api.outbox().release();
    assertThat(ServedApi.json(sync.join()).getInteger("accepted")).isEqualTo(3);
    assertThat(preferences()).hasSize(3);
    assertThat(answers())
        .extracting(Judgement::getJudgementId)
        .containsExactlyInAnyOrder(
            "label-studio/application/1@" + EARLY, "label-studio/application/3@" + EARLY);
    delete(1);
    assertThat(api.views().judgements().hasJudged("label-studio/3", "q")).isFalse();
  }

  @Test
  void aQuestionThatIsNotKnownAnyMoreLosesNothing() {
    api.ask("expired");
    closeAs("expired", "expired");
    send(annotated("expired", 1, 3, EARLY, "left"));
    send(annotated("never asked", 2, 3, EARLY, "left"));
    assertThat(answers()).isEmpty();
    assertThat(preferences())
        .extracting(Preference::getComparisonId)
        .containsExactly("expired", "never asked");
  }

  @Test
  void aWrongClockStillAnswers() {
    api.ask("ahead");
    api.ask("behind");
    send(annotated("ahead", 1, 3, "+999999999-12-31T23:59:59Z", "left"));
    send(annotated("behind", 2, 3, "-999999999-01-01T00:00:00Z", "left"));
    assertThat(answers())
        .extracting(Judgement::getJudgedAt)
        .allSatisfy(at -> assertThat(at).isBetween(Instant.EPOCH, Instant.now()));
    assertThat(answers()).hasSize(2);
    assertThat(preferences()).hasSize(2);
  }

  @Test
  void goldQuestionsDoNotLeave() {
    api.ask("q");
    api.views()
        .comparisons()
        .apply(
            Comparison.newBuilder(ServedApi.comparison("gold", 1))
                .setExpected(Choice.FIRST)
                .build());
    for (String export : List.of("/export/label-studio", "/export/argilla")) {
      assertThat(api.call(PersonRole.VIEWER, "GET", export).body())
          .contains("first of q")
          .doesNotContain("gold");
    }
  }

  @Test
  void predictionsThatBecameAnnotationsAreTakenAll() {
    api.ask("a");
    api.ask("b");
    JsonObject one = annotated("a", 1, 3, EARLY, "left");
    JsonObject other = annotated("b", 2, 3, EARLY, "right");
    send(
        new JsonObject()
            .put("action", "ANNOTATIONS_CREATED")
            .put(
                "annotation",
                new JsonArray()
                    .add(one.getJsonObject("annotation"))
                    .add(other.getJsonObject("annotation").putNull("completed_by")))
            .put(
                "task",
                new JsonArray().add(one.getJsonObject("task")).add(other.getJsonObject("task"))));
    assertThat(preferences())
        .extracting(Preference::getChosen)
        .containsExactly("first of a", "second of b");
    assertThat(answers())
        .extracting(Judgement::getAnnotator)
        .containsExactly("label-studio/3", "label-studio/unknown");
  }

  @Test
  void anArgillaResponseAnswersTheQuestionOfItsRecord() {
    api.ask("q");
    JsonObject item =
        ServedApi.json(api.call(PersonRole.VIEWER, "GET", "/export/argilla"))
            .getJsonArray("items")
            .getJsonObject(0);
    JsonObject event =
        new JsonObject()
            .put("type", "response.created")
            .put(
                "data",
                new JsonObject()
                    .put("id", "r1")
                    .put("status", "submitted")
                    .put("updated_at", "2026-11-20T10:00:00.1")
                    .put("record", item.copy().put("id", "rec1"))
                    .put("user", new JsonObject().put("username", "ann"))
                    .put(
                        "values",
                        new JsonObject()
                            .put("preference", new JsonObject().put("value", "second"))));
    assertThat(
            api.call(PersonRole.APPLICATION, "POST", "/webhooks/argilla", event.encode())
                .statusCode())
        .isEqualTo(200);
    assertThat(answers()).extracting(Judgement::getAnnotator).containsExactly("argilla/ann");
    assertThat(preferences()).extracting(Preference::getChosen).containsExactly("second of q");
  }
}
