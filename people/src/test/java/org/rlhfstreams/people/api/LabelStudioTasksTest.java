package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.access.PersonRole;

/** Tasks that are sent whole: what webhooks brought counts once, and what they did not is told. */
final class LabelStudioTasksTest {
  private static final String TASKS = "/annotations/label-studio";

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

  private static JsonObject annotation(int id, String at, String selected) {
    return new JsonObject()
        .put("id", id)
        .put("completed_by", 3)
        .put("updated_at", at)
        .put("was_cancelled", false)
        .put(
            "result",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("from_name", "preference")
                        .put("type", "pairwise")
                        .put("value", new JsonObject().put("selected", selected))));
  }

  private static JsonObject data(String prompt) {
    return new JsonObject().put("prompt", prompt).put("first", "one").put("second", "two");
  }

  private static JsonObject task(JsonObject data, JsonObject... annotations) {
    return new JsonObject()
        .put("id", 9)
        .put("data", data)
        .put("annotations", new JsonArray(List.of((Object[]) annotations)));
  }

  private void webhook(JsonObject annotation, JsonObject data) {
    JsonObject event =
        new JsonObject()
            .put("action", "ANNOTATION_CREATED")
            .put("annotation", annotation)
            .put("task", new JsonObject().put("data", data));
    assertThat(
            api.call(PersonRole.APPLICATION, "POST", "/webhooks/label-studio", event.encode())
                .statusCode())
        .isEqualTo(200);
  }

  private HttpResponse<String> post(PersonRole role, String path, JsonObject... tasks) {
    return api.call(
        role,
        "POST",
        path,
        new JsonObject().put("tasks", new JsonArray(List.of((Object[]) tasks))).encode());
  }

  private JsonObject accepted(JsonObject... tasks) {
    HttpResponse<String> answer = post(PersonRole.APPLICATION, TASKS, tasks);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return ServedApi.json(answer);
  }

  private List<Preference> sent() {
    return api.outbox().sent().stream().map(record -> (Preference) record.value()).toList();
  }

  @Test
  void whatAWebhookBroughtCountsOnceAndTheRestIsAdded() {
    JsonObject known = annotation(1, "2026-11-20T10:00:00.500000Z", "left");
    webhook(known, data("P"));
    JsonObject answer =
        accepted(
            task(data("P"), known, annotation(2, "2026-11-20T10:00:01Z", "right")),
            task(data("Q"), annotation(3, "2026-11-20T10:00:01Z", "right")),
            task(data("R")));
    assertThat(answer.getInteger("accepted")).isEqualTo(2);
    assertThat(answer.getInteger("repeated")).isEqualTo(1);
    assertThat(answer.getJsonArray("refused")).isEmpty();
    assertThat(answer.getJsonArray("missing")).isEmpty();
    assertThat(sent())
        .extracting(Preference::getPreferenceId)
        .containsExactly(
            "label-studio/application/1@2026-11-20T10:00:00.500Z",
            "label-studio/application/2@2026-11-20T10:00:01Z",
            "label-studio/application/3@2026-11-20T10:00:01Z");
  }

  @Test
  void aChangeThatNobodyHeardTakesTheEarlierBack() {
    webhook(annotation(1, "2026-11-20T10:00:00Z", "left"), data("P"));
    accepted(task(data("P"), annotation(1, "2026-11-20T10:00:09Z", "right")));
    assertThat(sent()).hasSize(3);
    assertThat(sent().get(1).getWithdrawn()).isTrue();
    assertThat(sent().get(2).getChosen()).isEqualTo("two");
  }

  @Test
  void annotationsOfATaskThatAreNotSentAreNamedUnlessTheyAreDeleted() {
    webhook(annotation(1, "2026-11-20T10:00:00Z", "left"), data("P"));
    webhook(
        annotation(2, "2026-11-20T10:00:00Z", "left"), data("P").put("comparisonId", "x/0|x/1"));
    webhook(annotation(3, "2026-11-20T10:00:00Z", "left"), data("another"));
    assertThat(accepted(task(data("P"))).getJsonArray("missing")).containsExactly("1");
    JsonObject both = accepted(task(data("P")), task(data("P").put("comparisonId", "x/0|x/1")));
    assertThat(both.getJsonArray("missing")).containsExactly("1", "2");
    JsonObject deletion =
        new JsonObject()
            .put("action", "ANNOTATIONS_DELETED")
            .put("annotations", new JsonArray().add(new JsonObject().put("id", 1)));
    api.call(PersonRole.APPLICATION, "POST", "/webhooks/label-studio", deletion.encode());
    assertThat(accepted(task(data("P"))).getJsonArray("missing")).isEmpty();
  }

  private void twoRevisionsCount() {
    for (String at : List.of("2026-11-20T10:00:09Z", "2026-11-20T10:00:00Z")) {
      api.views()
          .preferences()
          .apply(
              Preference.newBuilder()
                  .setPreferenceId("label-studio/application/1@" + at)
                  .setPrompt("P")
                  .setChosen("one")
                  .setRejected("two")
                  .setSource("label-studio:application")
                  .setAnnotators(List.of("label-studio/3"))
                  .setCreatedAt(Instant.EPOCH)
                  .build());
    }
  }

  @Test
  void anAnnotationIsNotHeldUpByOneWhosePublicationWasRefused() {
    twoRevisionsCount();
    JsonObject now = task(data("P"), annotation(1, "2026-11-20T10:00:09Z", "left"));
    api.outbox().awayAfter(2);
    assertThat(post(PersonRole.APPLICATION, TASKS, now).statusCode()).isEqualTo(503);
    api.outbox().away(false);
    assertThat(accepted(now).getInteger("repeated")).isEqualTo(1);
    assertThat(sent()).singleElement().matches(Preference::getWithdrawn);
  }

  @Test
  void twoRevisionsThatCountAtOnceAreMendedByTheNext() {
    twoRevisionsCount();
    JsonObject now = task(data("P"), annotation(1, "2026-11-20T10:00:09Z", "left"));
    assertThat(accepted(now).getInteger("repeated")).isEqualTo(1);
    assertThat(sent())
        .singleElement()
        .satisfies(
            preference -> {
              assertThat(preference.getWithdrawn()).isTrue();
              assertThat(preference.getPreferenceId()).endsWith("1@2026-11-20T10:00:00Z");
            });
    assertThat(accepted(now).getInteger("repeated")).isEqualTo(1);
    assertThat(sent()).hasSize(1);
  }

  @Test
  void oneThatCannotBeReadIsNamedAndTheOthersAreTaken() {
    JsonObject answer =
        accepted(
            task(data("P"), annotation(1, "yesterday", "left")),
            task(data("Q"), annotation(2, "2026-11-20T10:00:00Z", "left")));
    assertThat(answer.getInteger("accepted")).isEqualTo(1);
    JsonObject refused = answer.getJsonArray("refused").getJsonObject(0);
    assertThat(refused.getInteger("index")).isZero();
    assertThat(refused.getString("field")).isEqualTo("tasks.0.annotations.0.updated_at");
  }

  @Test
  void anotherNameWouldCountThemTwiceAndIsRefused() {
    webhook(annotation(1, "2026-11-20T10:00:00Z", "left"), data("P"));
    JsonObject task = task(data("P"), annotation(1, "2026-11-20T10:00:00Z", "left"));
    HttpResponse<String> refused = post(PersonRole.ADMIN, TASKS, task);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("application and not from admin");
    HttpResponse<String> named = post(PersonRole.ADMIN, TASKS + "?application=application", task);
    assertThat(named.statusCode()).as(named.body()).isEqualTo(200);
    assertThat(ServedApi.json(named).getInteger("repeated")).isEqualTo(1);
    assertThat(post(PersonRole.APPLICATION, TASKS + "?application=other", task).statusCode())
        .isEqualTo(403);
  }
}
