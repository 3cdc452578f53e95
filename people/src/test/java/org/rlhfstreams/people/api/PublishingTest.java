package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.people.access.PersonRole;

/** What applications and admins publish. */
final class PublishingTest {
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

  private static JsonObject event(String id, String kind) {
    return new JsonObject().put("preferenceId", id).put("kind", kind).put("prompt", "Hello");
  }

  private HttpResponse<String> publish(JsonObject body) {
    return api.call(PersonRole.APPLICATION, "POST", "/preferences", body.encode());
  }

  private List<Preference> preferences() {
    return api.outbox().sent().stream().map(record -> (Preference) record.value()).toList();
  }

  @Test
  void eachKindBecomesThePreferenceThatItMeans() {
    publish(
        event("1", "pair")
            .put("chosen", "a")
            .put("rejected", "b")
            .put("margin", 0.5)
            .put("user", "u"));
    publish(event("2", "choice").put("first", "a").put("second", "b").put("chosen", "second"));
    publish(event("3", "rating").put("response", "a").put("good", false));
    publish(event("4", "edit").put("original", "a").put("edited", "b"));
    List<Preference> sent = preferences();
    assertThat(sent).extracting(Preference::getChosen).containsExactly("a", "b", "a", "b");
    assertThat(sent).extracting(Preference::getRejected).containsExactly("b", "a", null, "a");
    assertThat(sent.get(0).getMargin()).isEqualTo(0.5f);
    assertThat(sent.get(0).getAnnotators()).containsExactly("application/u");
    assertThat(sent.get(2).getLabel()).isFalse();
    assertThat(sent)
        .extracting(Preference::getPreferenceId)
        .first()
        .isEqualTo("application/application/1");
  }

  @Test
  void theSameIdCountsOnce() {
    JsonObject pair = event("1", "pair").put("chosen", "a").put("rejected", "b");
    assertThat(publish(pair).statusCode()).isEqualTo(201);
    assertThat(publish(pair).statusCode()).isEqualTo(200);
    assertThat(publish(pair.copy().put("rejected", "c")).statusCode()).isEqualTo(409);
    assertThat(api.outbox().sent()).hasSize(1);
  }

  @Test
  void whatIsMissingTooMuchOrContradictoryIsNamed() {
    Map<String, JsonObject> wrong =
        Map.of(
            "rejected", event("1", "pair").put("chosen", "a"),
            "good", event("1", "pair").put("chosen", "a").put("rejected", "b").put("good", true),
            "chosen",
                event("1", "choice").put("first", "a").put("second", "b").put("chosen", "third"),
            "edited", event("1", "edit").put("original", "a").put("edited", "a"),
            "kind", event("1", "guess"),
            "user", event("1", "rating").put("response", "a").put("good", true).put("user", "<b>"));
    wrong.forEach(
        (field, body) -> {
          HttpResponse<String> refused = publish(body);
          assertThat(refused.statusCode()).as(field).isEqualTo(400);
          assertThat(ServedApi.json(refused).getString("field")).isEqualTo(field);
        });
    assertThat(api.outbox().sent()).isEmpty();
  }

  @Test
  void ofManyThoseInOrderAreTaken() {
    JsonArray events =
        new JsonArray()
            .add(event("1", "pair").put("chosen", "a").put("rejected", "b"))
            .add(event("1", "pair").put("chosen", "a").put("rejected", "b"))
            .add(event("2", "pair").put("chosen", "a"))
            .add(new JsonObject().put("preferenceId", 7))
            .add(event("3", "rating").put("response", "a").put("good", true));
    HttpResponse<String> answer =
        api.call(
            PersonRole.APPLICATION,
            "POST",
            "/preferences/batch",
            new JsonObject().put("events", events).encode());
    JsonObject counted = ServedApi.json(answer);
    assertThat(counted.getInteger("accepted")).isEqualTo(2);
    assertThat(counted.getInteger("repeated")).isEqualTo(1);
    JsonArray refused = counted.getJsonArray("refused");
    assertThat(refused.size()).isEqualTo(2);
    assertThat(refused.getJsonObject(0).getInteger("index")).isEqualTo(2);
    assertThat(refused.getJsonObject(0).getString("field")).isEqualTo("rejected");
    assertThat(refused.getJsonObject(1).getString("field")).isNotEmpty();
  }

  @Test
  void promptsAreAskedOfThePolicy() {
    JsonObject turn = new JsonObject().put("role", "user").put("content", "Hi");
    JsonObject body =
        new JsonObject()
            .put(
                "prompts",
                new JsonArray()
                    .add(new JsonObject().put("promptId", "p1").put("text", "Hello"))
                    .add(
                        new JsonObject()
                            .put("promptId", "p2")
                            .put("messages", new JsonArray().add(turn))));
    HttpResponse<String> answer =
        api.call(PersonRole.APPLICATION, "POST", "/prompts", body.encode());
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(api.outbox().sent())
        .extracting(record -> ((Prompt) record.value()).getPromptId())
        .containsExactly("p1", "p2");
    body.getJsonArray("prompts").getJsonObject(1).put("text", "both");
    HttpResponse<String> refused =
        api.call(PersonRole.APPLICATION, "POST", "/prompts", body.encode());
    assertThat(ServedApi.json(refused).getString("field")).isEqualTo("prompts.1.text");
  }

  private HttpResponse<String> prompt(String members) {
    return api.call(
        PersonRole.APPLICATION,
        "POST",
        "/prompts",
        "{\"prompts\":[{\"promptId\":\"p\"," + members + "}]}");
  }

  @Test
  void aConversationIsReadAsFilesAre() {
    assertThat(
            prompt(
                    "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Rain?\"}]},"
                        + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"type\":\"function\","
                        + "\"function\":{\"name\":\"weather\",\"arguments\":{\"town\":\"Oslo\"}}}]},"
                        + "{\"role\":\"tool\",\"content\":\"rain\"}],\"metadata\":{\"answer\":\"yes\"}")
                .statusCode())
        .isEqualTo(201);
    Prompt sent = (Prompt) api.outbox().sent().get(0).value();
    assertThat(sent.getMessages().get(0).getContent()).isEqualTo("Rain?");
    assertThat(sent.getMessages().get(1).getFields()).contains("\"town\":\"Oslo\"");
    assertThat(sent.getMetadata()).containsEntry("answer", "yes");
    assertThat(sent.getSource()).startsWith("application:");
  }

  @Test
  void whatFilesRefuseIsRefusedWithTheSameWords() {
    HttpResponse<String> answered =
        prompt(
            "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hi\"}]");
    assertThat(answered.statusCode()).isEqualTo(400);
    assertThat(ServedApi.json(answered).getString("detail"))
        .isEqualTo("messages ends with an answer of the assistant: a prompt ends before it");
    assertThat(ServedApi.json(answered).getString("field")).isEqualTo("prompts.0");
    assertThat(ServedApi.json(prompt("\"text\":\"  \"")).getString("detail"))
        .isEqualTo("its prompt is empty");
    assertThat(
            ServedApi.json(
                    prompt(
                        "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]"))
                .getString("detail"))
        .contains("a part of type image_url", "a text model reads parts of type text alone");
  }

  @Test
  void aPreferenceMayBeOfAConversation() {
    String event =
        "{\"preferenceId\":\"c1\",\"kind\":\"pair\",\"chosen\":\"Yes.\",\"rejected\":\"No.\",\"messages\":[{\"role\":\"system\",\"content\":\"Be"
            + " brief.\"},{\"role\":\"user\",\"content\":\"Rain?\"}]}";
    assertThat(api.call(PersonRole.APPLICATION, "POST", "/preferences", event).statusCode())
        .isEqualTo(201);
    Preference sent = (Preference) api.outbox().sent().get(0).value();
    assertThat(sent.getPrompt()).isEmpty();
    assertThat(sent.getMessages())
        .extracting(ChatMessage::getRole)
        .containsExactly("system", "user");
    HttpResponse<String> both =
        api.call(
            PersonRole.APPLICATION,
            "POST",
            "/preferences",
            event.replace("\"kind\"", "\"prompt\":\"Rain?\",\"kind\""));
    assertThat(ServedApi.json(both).getString("field")).isEqualTo("prompt");
    HttpResponse<String> empty =
        api.call(
            PersonRole.APPLICATION, "POST", "/preferences", event.replace("\"Rain?\"", "\" \""));
    assertThat(ServedApi.json(empty).getString("detail"))
        .isEqualTo("a message of the user is empty");
  }

  @Test
  void anAdminSteersTheRun() {
    assertThat(control("{\"action\":\"pause\"}").statusCode()).isEqualTo(202);
    assertThat(ServedApi.json(api.call(PersonRole.VIEWER, "GET", "/status")).getBoolean("paused"))
        .isTrue();
    assertThat(control("{\"action\":\"pause\",\"step\":12}").statusCode()).isEqualTo(400);
    assertThat(control("{\"action\":\"roll-back\"}").statusCode()).isEqualTo(202);
    assertThat(control("{\"action\":\"roll-back\",\"step\":12}").statusCode()).isEqualTo(202);
    ControlCommand last = (ControlCommand) api.outbox().sent().get(2).value();
    assertThat(last.getAction()).isEqualTo(ControlAction.ROLL_BACK);
    assertThat(last.getStep()).isEqualTo(12);
    assertThat(last.getRequestedBy()).isEqualTo("admin");
  }

  private HttpResponse<String> control(String body) {
    return api.call(PersonRole.ADMIN, "POST", "/controls", body);
  }

  @Test
  void annotationToolsSendRevisionsOfWhichTheLastCounts() {
    receive("first", "2026-01-01T00:00:00");
    receive("first", "2026-01-01T00:00:00");
    receive("second", "2026-01-02T00:00:00");
    receive("first", "2026-01-01T12:00:00");
    List<Preference> sent = preferences();
    assertThat(sent).extracting(Preference::getWithdrawn).containsExactly(false, true, false);
    assertThat(sent.get(1).getPreferenceId()).isEqualTo(sent.get(0).getPreferenceId());
    assertThat(sent.get(2).getChosen()).isEqualTo("B");
  }

  private void receive(String choice, String at) {
    assertThat(
            api.call(PersonRole.APPLICATION, "POST", "/webhooks/argilla", answered(choice, at))
                .statusCode())
        .isEqualTo(200);
  }

  private static String answered(String choice, String at) {
    JsonObject fields = new JsonObject().put("prompt", "P").put("first", "A").put("second", "B");
    JsonObject data =
        new JsonObject()
            .put("id", "r1")
            .put("status", "submitted")
            .put("updated_at", at)
            .put(
                "values", new JsonObject().put("preference", new JsonObject().put("value", choice)))
            .put("record", new JsonObject().put("fields", fields))
            .put("user", new JsonObject().put("username", "ann"));
    return new JsonObject()
        .put("type", "response.updated")
        .put("version", 1)
        .put("data", data)
        .encode();
  }

  @Test
  void aSignedEventNeedsNoTokenAndAWrongOneIsRefused() throws Exception {
    byte[] secret = "a secret of 24 bytes ...".getBytes(StandardCharsets.UTF_8);
    Path file =
        Files.writeString(
            directory.resolve("secret"), "whsec_" + Base64.getEncoder().encodeToString(secret));
    String body = answered("first", "2026-01-01T00:00:00");
    String now = String.valueOf(Instant.now().getEpochSecond());
    String longAgo = String.valueOf(Instant.now().getEpochSecond() - 600);
    try (ServedApi signed =
        ServedApi.guarded(
            Files.createDirectory(directory.resolve("signed")),
            Map.of("people.argilla-secret-file", file.toString()))) {
      assertThat(status(signed, body, headers(secret, now, body))).isEqualTo(200);
      assertThat(signed.outbox().sent()).hasSize(1);
      assertThat(status(signed, body + " ", headers(secret, now, body))).isEqualTo(401);
      assertThat(status(signed, body, headers(secret, longAgo, body))).isEqualTo(401);
      assertThat(status(signed, body, headers(new byte[24], now, body))).isEqualTo(401);
      Map<String, String> incomplete = new HashMap<>(headers(secret, now, body));
      incomplete.remove("webhook-id");
      assertThat(status(signed, body, incomplete)).isEqualTo(401);
      assertThat(
              signed
                  .call(headers(secret, now, body), "POST", "/webhooks/label-studio", body)
                  .statusCode())
          .isEqualTo(401);
      assertThat(signed.outbox().sent()).hasSize(1);
    }
    assertThat(status(api, body, headers(secret, now, body))).isEqualTo(401);
  }

  private static int status(ServedApi server, String body, Map<String, String> headers) {
    return server.call(headers, "POST", "/webhooks/argilla", body).statusCode();
  }

  private static Map<String, String> headers(byte[] secret, String timestamp, String body)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    byte[] signature =
        mac.doFinal(("m1." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8));
    return Map.of(
        "webhook-id",
        "m1",
        "webhook-timestamp",
        timestamp,
        "webhook-signature",
        "v1,bm90IHRoaXM= v1," + Base64.getEncoder().encodeToString(signature));
  }

  @Test
  void openQuestionsLeaveForAnnotationToolsWithoutWhatAnnotatorsMustNotKnow() {
    api.ask("a|b");
    HttpResponse<String> argilla = api.call(PersonRole.VIEWER, "GET", "/export/argilla");
    assertThat(argilla.statusCode()).isEqualTo(200);
    JsonObject item = ServedApi.json(argilla).getJsonArray("items").getJsonObject(0);
    assertThat(item.getString("external_id")).isEqualTo("a|b");
    assertThat(item.getJsonObject("fields").fieldNames())
        .containsExactlyInAnyOrder("prompt", "first", "second");
    HttpResponse<String> studio = api.call(PersonRole.VIEWER, "GET", "/export/label-studio");
    assertThat(new JsonArray(studio.body()).getJsonObject(0).getJsonObject("data").fieldNames())
        .containsExactlyInAnyOrder("comparisonId", "prompt", "first", "second");
  }
}
