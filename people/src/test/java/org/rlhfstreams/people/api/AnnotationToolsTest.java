package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.access.PersonRole;

/** Whatever order the events of an annotation tool come in, what its people said last counts. */
final class AnnotationToolsTest {
  private static final String LABEL_STUDIO = "/webhooks/label-studio";
  private static final String ARGILLA = "/webhooks/argilla";

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
  void aDeletedAnnotationDoesNotCountAgainWhenAnOlderEventComesLate() {
    studio(101, "2026-11-20T10:00:00.100000Z", "left");
    studioDeletes(101);
    studio(101, "2026-11-20T10:00:05.100000Z", "right");
    assertThat(counting()).isEmpty();
  }

  @Test
  void aDeletedResponseDoesNotCountAgainWhenAnOlderEventComesLate() {
    argilla("204", "2026-11-20T10:00:00.1", "submitted", "first");
    argillaDeletes("204", "2026-11-20T10:00:09.1");
    argilla("204", "2026-11-20T10:00:05.1", "submitted", "second");
    assertThat(counting()).isEmpty();
  }

  @Test
  void aDeletionThatComesBeforeTheCreationHolds() {
    studioDeletes(102);
    studio(102, "2026-11-20T10:00:00.100000Z", "left");
    argillaDeletes("205", "2026-11-20T10:00:09.1");
    argilla("205", "2026-11-20T10:00:00.1", "submitted", "first");
    assertThat(counting()).isEmpty();
  }

  @Test
  void aDeletionHoldsWhateverTheToolsClockSays() {
    studio(105, "2999-01-01T00:00:00.100000Z", "left");
    studioDeletes(105);
    argilla("206", "2999-01-01T00:00:00.1", "submitted", "first");
    argillaDeletes("206", "2026-11-20T10:00:09.1");
    assertThat(counting()).isEmpty();
    studio(105, "2999-01-02T00:00:00.100000Z", "right");
    assertThat(counting()).isEmpty();
  }

  @Test
  void aDeletionThatComesTwiceIsInTheLogOnce() {
    studio(103, "2026-11-20T10:00:00.100000Z", "left");
    studioDeletes(103);
    int sent = api.outbox().sent().size();
    assertThat(studioDeletes(103).getInteger("accepted")).isZero();
    studio(103, "2026-11-20T10:00:00.100000Z", "left");
    assertThat(api.outbox().sent()).hasSize(sent);
    assertThat(counting()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-20T10:00:00Z, 2026-11-20T10:00:00.500000Z", // Django leaves .000000 out
    "2026-11-20T12:00:00.100000+02:00, 2026-11-20T10:30:00.100000Z",
    "2026-11-20T10:00:00.100000Z, 2026-11-20T08:00:00.100000-03:00",
    "2026-11-20T10:00:00, 2026-11-20T10:00:00.5Z", // a time without a zone is UTC
  })
  void timesAreComparedAsInstants(String earlier, String later) {
    studio(1, earlier, "left");
    studio(1, later, "right");
    studio(2, later, "right");
    studio(2, earlier, "left");
    argilla("3", earlier, "submitted", "first");
    argilla("3", later, "submitted", "second");
    assertThat(counting())
        .extracting(Preference::getChosen)
        .as("later than the other in either order")
        .containsExactly("two", "two", "two");
  }

  @Test
  void theSameInstantWrittenInAnotherWayIsTheSameRevision() {
    studio(1, "2026-11-20T12:00:00+02:00", "left");
    JsonObject again = studio(1, "2026-11-20T10:00:00.000Z", "left");
    assertThat(again.getInteger("accepted")).isZero();
    assertThat(again.getInteger("repeated")).isEqualTo(1);
    assertThat(api.outbox().sent()).hasSize(1);
  }

  @Test
  void ofTwoThatSayTheSameTimeTheFirstStaysAndTheOtherIsNamed() {
    studio(1, "2026-11-20T10:00:00Z", "left");
    JsonObject other = studio(1, "2026-11-20T10:00:00Z", "right");
    assertThat(other.getJsonArray("refused").getJsonObject(0).getString("detail"))
        .contains("label-studio/application/1")
        .contains("something else");
    assertThat(counting()).extracting(Preference::getChosen).containsExactly("one");
    argilla("2", "2026-11-20T10:00:00", "discarded", null);
    JsonObject answer = argilla("2", "2026-11-20T10:00:00", "submitted", "first");
    assertThat(answer.getJsonArray("refused").size()).isEqualTo(1);
    assertThat(counting()).hasSize(1);
  }

  @Test
  void anAnswerThatWasTakenBackDoesNotCountAgainWhenAnOlderEventComesLate() {
    argilla("1", "2026-11-20T10:00:00.1", "submitted", "first");
    argilla("1", "2026-11-20T10:00:09.1", "discarded", null);
    argilla("1", "2026-11-20T10:00:05.1", "submitted", "second");
    argilla("2", "2026-11-20T10:00:09.1", "discarded", null);
    argilla("2", "2026-11-20T10:00:05.1", "submitted", "second");
    assertThat(counting()).isEmpty();
    argilla("1", "2026-11-20T10:00:12.1", "submitted", "second");
    assertThat(counting()).extracting(Preference::getChosen).containsExactly("two");
  }

  @Test
  void whatIsKnownOfAnnotationsFollowsFromTheLogAlone() throws Exception {
    studio(1, "2026-11-20T10:00:00Z", "left");
    studioDeletes(1, 2);
    argilla("3", "2026-11-20T12:00:00", "discarded", null);
    List<Preference> log = sent();
    try (ServedApi restarted =
        ServedApi.guarded(Files.createDirectory(directory.resolve("b")), Map.of())) {
      log.forEach(restarted.views().preferences()::apply);
      api.close();
      api = restarted;
      studio(1, "2026-11-20T11:00:00Z", "right");
      studio(2, "2026-11-20T11:00:00Z", "right");
      argilla("3", "2026-11-20T11:00:00", "submitted", "first");
      assertThat(counting()).isEmpty();
    }
  }

  @Test
  void revisionsThatAnEarlierVersionPublishedAreOrderedByInstantsToo() {
    api.views()
        .preferences()
        .apply(
            Preference.newBuilder()
                .setPreferenceId("label-studio/application/1@2026-11-20T12:00:00.100000+02:00")
                .setPrompt("Q")
                .setChosen("one")
                .setRejected("two")
                .setSource("label-studio:application")
                .setAnnotators(List.of("label-studio/3"))
                .setCreatedAt(Instant.EPOCH)
                .build());
    assertThat(studio(1, "2026-11-20T10:00:00.100000Z", "left").getInteger("repeated"))
        .isEqualTo(1);
    studio(1, "2026-11-20T10:30:00.100000Z", "right");
    assertThat(sent())
        .extracting(Preference::getPreferenceId)
        .first()
        .as("it is taken back")
        .isEqualTo("label-studio/application/1@2026-11-20T12:00:00.100000+02:00");
    assertThat(counting()).extracting(Preference::getChosen).containsExactly("two");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "2026-11-20", "20.11.2026 10:00", "1763632800", "@deleted"})
  void aTimeThatIsNoneIsRefusedByItsField(String at) {
    HttpResponse<String> studio = post(LABEL_STUDIO, annotated(1, at, "left"));
    assertThat(studio.statusCode()).isEqualTo(400);
    assertThat(ServedApi.json(studio).getString("field")).isEqualTo("annotation.updated_at");
    assertThat(ServedApi.json(studio).getString("detail")).contains("2026-01-31T12:00:00Z");
    HttpResponse<String> argilla = post(ARGILLA, responded("1", at, "submitted", "first"));
    assertThat(argilla.statusCode()).isEqualTo(400);
    assertThat(ServedApi.json(argilla).getString("field")).isEqualTo("data.updated_at");
    assertThat(api.outbox().sent()).isEmpty();
  }

  @Test
  void aNewerRevisionThatComesWhileAnOlderOneIsBeingPublishedCounts() {
    api.outbox().hold();
    CompletableFuture<JsonObject> older =
        inItsOwnThread(() -> studio(1, "2026-11-20T10:00:00Z", "left"));
    Awaitility.await().until(() -> api.outbox().waiting() == 1);
    CompletableFuture<JsonObject> newer =
        inItsOwnThread(() -> studio(1, "2026-11-20T10:00:01Z", "right"));
    CompletableFuture<JsonObject> other =
        inItsOwnThread(() -> studio(2, "2026-11-20T10:00:01Z", "right"));
    Awaitility.await().until(() -> api.outbox().waiting() == 2);
    api.outbox().release();
    assertThat(older.join().getInteger("accepted")).isEqualTo(1);
    assertThat(newer.join().getInteger("accepted")).isEqualTo(1);
    assertThat(other.join().getInteger("accepted")).isEqualTo(1);
    assertThat(counting()).extracting(Preference::getChosen).containsExactly("two", "two");
  }

  private static CompletableFuture<JsonObject> inItsOwnThread(Supplier<JsonObject> request) {
    return CompletableFuture.supplyAsync(request, task -> new Thread(task).start());
  }

  /** By the log's rule: the first of an id says what it is, a later one may take it back. */
  private List<Preference> counting() {
    Map<String, Preference> counting = new LinkedHashMap<>();
    for (Preference preference : sent()) {
      if (preference.getWithdrawn()) {
        counting.remove(preference.getPreferenceId());
      } else {
        counting.putIfAbsent(preference.getPreferenceId(), preference);
      }
    }
    return List.copyOf(counting.values());
  }

  private List<Preference> sent() {
    return api.outbox().sent().stream().map(record -> (Preference) record.value()).toList();
  }

  private JsonObject studio(int id, String at, String selected) {
    return accepted(LABEL_STUDIO, annotated(id, at, selected));
  }

  private JsonObject studioDeletes(int... ids) {
    JsonArray annotations = new JsonArray();
    for (int id : ids) {
      annotations.add(new JsonObject().put("id", id));
    }
    return accepted(
        LABEL_STUDIO,
        new JsonObject().put("action", "ANNOTATIONS_DELETED").put("annotations", annotations));
  }

  private JsonObject argilla(String id, String at, String status, String choice) {
    return accepted(ARGILLA, responded(id, at, status, choice));
  }

  private void argillaDeletes(String id, String at) {
    accepted(ARGILLA, responded(id, at, "submitted", "first").put("type", "response.deleted"));
  }

  private JsonObject accepted(String path, JsonObject event) {
    HttpResponse<String> answer = post(path, event);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return ServedApi.json(answer);
  }

  private HttpResponse<String> post(String path, JsonObject event) {
    return api.call(PersonRole.APPLICATION, "POST", path, event.encode());
  }

  private static JsonObject annotated(int id, String at, String selected) {
    return new JsonObject(
            """
            {"action": "ANNOTATION_UPDATED", "project": {"id": 1},
             "task": {"id": 10, "data": {"prompt": "Q", "first": "one", "second": "two"}},
             "annotation": {"completed_by": {"id": 3}, "was_cancelled": false,
               "result": [{"from_name": "preference", "to_name": "first,second",
                           "type": "pairwise", "value": {"selected": "%s"}}]}}
            """
                .formatted(selected))
        .mergeIn(
            new JsonObject()
                .put("annotation", new JsonObject().put("id", id).put("updated_at", at)),
            true);
  }

  private static JsonObject responded(String id, String at, String status, String choice) {
    JsonObject values =
        choice == null
            ? null
            : new JsonObject().put("preference", new JsonObject().put("value", choice));
    return new JsonObject(
            """
            {"type": "response.updated", "version": 1, "timestamp": "2026-11-20T10:00:00Z",
             "data": {"record": {"fields": {"prompt": "P", "first": "one", "second": "two"}},
                      "user": {"username": "ann"}}}
            """)
        .mergeIn(
            new JsonObject()
                .put(
                    "data",
                    new JsonObject()
                        .put("id", id)
                        .put("status", status)
                        .put("updated_at", at)
                        .put("values", values)),
            true);
  }
}
