package org.rlhfstreams.people.sync;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.service.lifecycle.Pause;

/** The HTTP API of the role people, as a client that brings annotations sees it. */
public final class PeopleClient {
  private static final String API = "/api/v1";
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
  private static final int MOST_TRIES = 60;

  private final JsonRequests requests;
  private final String authorization;
  private final String query;

  /**
   * @param server such as {@code http://127.0.0.1:8080}
   * @param token of an application or an admin; empty if the server asks for none
   * @param application for admins: whose annotations they are
   */
  public PeopleClient(URI server, Optional<String> token, Optional<String> application) {
    this.requests = new JsonRequests(server, "the role people", "--people");
    this.authorization = token.map(secret -> "Bearer " + secret).orElse("");
    this.query =
        application
            .map(name -> "?application=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
            .orElse("");
  }

  /**
   * Sends tasks with all their annotations.
   *
   * @return what became of them; empty if they are too large for one request
   */
  Optional<JsonObject> send(List<JsonObject> tasks) {
    return post("/annotations/label-studio" + query, new JsonObject().put("tasks", array(tasks)));
  }

  /**
   * Says that annotations were deleted.
   *
   * @return of how many that was not known
   */
  int delete(List<String> annotationIds) {
    JsonObject body =
        new JsonObject().put("tasks", JsonArray.of()).put("deleted", new JsonArray(annotationIds));
    return post("/annotations/label-studio" + query, body).orElseThrow().getInteger("accepted");
  }

  private static JsonArray array(List<JsonObject> objects) {
    JsonArray array = new JsonArray();
    objects.forEach(array::add);
    return array;
  }

  /** Waits while it is not ready, or hears that it asks too often. */
  private Optional<JsonObject> post(String path, JsonObject body) {
    for (int tries = 1; ; tries++) {
      JsonRequests.Answer answer = requests.send("POST", API + path, authorization, body);
      switch (answer.status()) {
        case 200 -> {
          return Optional.of(answer.json());
        }
        case 413 -> {
          return Optional.empty();
        }
        case 429, 503 -> {
          if (tries == MOST_TRIES) {
            throw refused(answer);
          }
          pause(answer);
        }
        default -> throw refused(answer);
      }
    }
  }

  private static void pause(JsonRequests.Answer answer) {
    Duration wait =
        Optional.ofNullable(answer.headers().get("Retry-After"))
            .filter(seconds -> seconds.matches("[0-9]{1,3}"))
            .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
            .orElse(BETWEEN_TRIES);
    Pause.of(wait); // if it is interrupted, the next request says so
  }

  private static ExplainedException refused(JsonRequests.Answer answer) {
    String help =
        switch (answer.status()) {
          case 401, 403 ->
              ": name the file with the token of Label Studio's webhook with --people-token-file";
          case 404 -> ": another server answers there; name the role people with --people";
          default -> "";
        };
    return new ExplainedException(
        String.format(
            Locale.ROOT,
            "the role people refuses the annotations (%d: %s)%s",
            answer.status(),
            answer.detail(),
            help));
  }
}
