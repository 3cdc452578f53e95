package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.access.PersonRole;

/** What somebody said goes when they, or an admin, say so. */
final class WithdrawalTest {
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

  private static JsonObject annotated(int id, int person, JsonObject data) {
    return new JsonObject()
        .put("action", "ANNOTATION_CREATED")
        .put("task", new JsonObject().put("data", data))
        .put(
            "annotation",
            new JsonObject()
                .put("id", id)
                .put("completed_by", person)
                .put("updated_at", "2026-11-20T10:00:00Z")
                .put(
                    "result",
                    new JsonArray()
                        .add(
                            new JsonObject()
                                .put("from_name", "preference")
                                .put("type", "pairwise")
                                .put("value", new JsonObject().put("selected", "left")))));
  }

  private static JsonObject data() {
    return new JsonObject().put("prompt", "P").put("first", "one").put("second", "two");
  }

  private void sent(PersonRole role, String path, JsonObject body) {
    HttpResponse<String> answer = api.call(role, "POST", path, body.encode());
    assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
  }

  private JsonObject pair(String id, String user) {
    return new JsonObject()
        .put("preferenceId", id)
        .put("kind", "pair")
        .put("prompt", "P")
        .put("chosen", "a")
        .put("rejected", "b")
        .put("user", user);
  }

  private HttpResponse<String> delete(PersonRole role, String path) {
    return api.call(role, "DELETE", path);
  }

  private List<String> takenBack() {
    return api.outbox().sent().stream()
        .map(record -> record.value())
        .filter(value -> value instanceof Preference preference && preference.getWithdrawn())
        .map(value -> ((Preference) value).getPreferenceId())
        .toList();
  }

  @Test
  void allOfAPersonOfAnAnnotationToolGo() {
    api.ask("q");
    String tool = "/webhooks/label-studio";
    sent(PersonRole.APPLICATION, tool, annotated(1, 1, data()));
    sent(PersonRole.APPLICATION, tool, annotated(2, 1, data().put("comparisonId", "q")));
    sent(PersonRole.APPLICATION, tool, annotated(3, 12, data()));
    HttpResponse<String> answer =
        delete(PersonRole.ADMIN, "/annotators/label-studio%2F1/judgements");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(ServedApi.json(answer).getInteger("withdrawn")).isEqualTo(2);
    assertThat(takenBack())
        .containsExactlyInAnyOrder(
            "label-studio/application/1@2026-11-20T10:00:00Z",
            "label-studio/application/2@2026-11-20T10:00:00Z");
    assertThat(api.outbox().sent())
        .as("its question is open again")
        .anyMatch(
            record -> record.value() instanceof Judgement judgement && judgement.getWithdrawn());
    assertThat(api.views().judgements().answers("q")).isZero();
    assertThat(
            ServedApi.json(delete(PersonRole.ADMIN, "/annotators/label-studio%2F1/judgements"))
                .getInteger("withdrawn"))
        .isZero();
    sent(PersonRole.APPLICATION, tool, annotated(1, 1, data()));
    assertThat(api.views().preferences().counting("label-studio/1")).isEmpty();
    assertThat(api.views().preferences().counting("label-studio/12")).hasSize(1);
  }

  @Test
  void allOfAnApplicationsUserGo() {
    sent(PersonRole.APPLICATION, "/preferences", pair("1", "u17"));
    sent(PersonRole.APPLICATION, "/preferences", pair("2", "u18"));
    HttpResponse<String> answer =
        delete(PersonRole.ADMIN, "/annotators/application%2Fu17/judgements");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(takenBack()).containsExactly("application/application/1");
  }

  @Test
  void anApplicationTakesOneOfItsPreferencesBack() {
    sent(PersonRole.APPLICATION, "/preferences", pair("order/1 of ü", "u"));
    String path = "/preferences/order%2F1%20of%20%C3%BC";
    assertThat(delete(PersonRole.APPLICATION, path).statusCode()).isEqualTo(200);
    assertThat(takenBack()).containsExactly("application/application/order/1 of ü");
    assertThat(delete(PersonRole.APPLICATION, path).statusCode()).as("again").isEqualTo(200);
    assertThat(takenBack()).hasSize(1);
    assertThat(delete(PersonRole.APPLICATION, "/preferences/2").statusCode()).isEqualTo(404);
    HttpResponse<String> again =
        api.call(
            PersonRole.APPLICATION, "POST", "/preferences", pair("order/1 of ü", "u").encode());
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("was taken back");
  }

  @Test
  void anAdminTakesThoseOfApplicationsBackAndNoOther() {
    sent(PersonRole.APPLICATION, "/preferences", pair("1", "u"));
    sent(PersonRole.APPLICATION, "/webhooks/label-studio", annotated(1, 1, data()));
    assertThat(delete(PersonRole.ADMIN, "/preferences/1").statusCode()).isEqualTo(404);
    assertThat(delete(PersonRole.ADMIN, "/preferences/label-studio%2Fapplication%2F1").statusCode())
        .isEqualTo(404);
    assertThat(delete(PersonRole.ADMIN, "/preferences/application%2Fapplication%2F1").statusCode())
        .isEqualTo(200);
    assertThat(takenBack()).containsExactly("application/application/1");
  }
}
