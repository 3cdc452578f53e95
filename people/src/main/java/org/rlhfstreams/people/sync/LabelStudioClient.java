package org.rlhfstreams.people.sync;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.rlhfstreams.common.ExplainedException;

/**
 * Label Studio's API, with either kind of its tokens: a personal access token, which is exchanged
 * for one of a few minutes, or a legacy token.
 */
public final class LabelStudioClient {
  private static final int PAGE = 100;
  private static final Set<String> DATA = Set.of("prompt", "first", "second", "comparisonId");
  private static final Set<String> ANNOTATION =
      Set.of("id", "updated_at", "completed_by", "was_cancelled", "result");

  private final JsonRequests requests;
  private final String token;
  private String authorization = "";

  /**
   * @param server such as {@code http://127.0.0.1:8080}
   * @param token of either kind
   */
  public LabelStudioClient(URI server, String token) {
    this.requests = new JsonRequests(server, "Label Studio", "--label-studio");
    this.token = token;
  }

  /**
   * Hands over the tasks of a project, each with all its annotations, those that were skipped too,
   * and of both what is needed here alone.
   *
   * @throws ExplainedException if the server does not answer, or refuses the token or the project
   */
  public void tasks(int project, Consumer<JsonObject> consumer) {
    requireProject(project);
    for (int page = 1; ; page++) {
      JsonRequests.Answer answer =
          get(
              String.format(
                  Locale.ROOT,
                  "/api/tasks?project=%d&fields=all&page=%d&page_size=%d",
                  project,
                  page,
                  PAGE));
      if (answer.status() == 404) {
        return; // behind the last page
      }
      JsonArray tasks = require(answer, "the tasks of project " + project).getJsonArray("tasks");
      tasks.forEach(task -> consumer.accept(needed((JsonObject) task)));
      if (tasks.size() < PAGE) {
        return;
      }
    }
  }

  /** Whether an annotation is there no more. */
  public boolean isGone(String annotationId) {
    return get("/api/annotations/" + annotationId + "/").status() == 404;
  }

  private void requireProject(int project) {
    JsonRequests.Answer answer = get("/api/projects/" + project);
    if (answer.status() == 404) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "Label Studio has no project %d that this token may see: its number is in the"
                  + " project's address, /projects/%d",
              project,
              project));
    }
    require(answer, "project " + project);
  }

  private static JsonObject require(JsonRequests.Answer answer, String what) {
    if (answer.status() != 200) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "Label Studio refuses %s (%d): %s",
              what,
              answer.status(),
              answer.detail()));
    }
    return answer.json();
  }

  private JsonRequests.Answer get(String path) {
    if (authorization.isEmpty()) {
      authorization = authorize();
    }
    JsonRequests.Answer answer = requests.send("GET", path, authorization, null);
    if (answer.status() == 401 && isPersonal()) {
      authorization = authorize(); // it holds for five minutes
      answer = requests.send("GET", path, authorization, null);
    }
    if (answer.status() == 401) {
      throw new ExplainedException(
          "Label Studio refuses the token ("
              + answer.detail()
              + "): legacy tokens hold only if the organization allows them, which it does not"
              + " by default; make a personal access token under Account & Settings");
    }
    return answer;
  }

  private boolean isPersonal() {
    return token.startsWith("eyJ") && token.chars().filter(c -> c == '.').count() == 2;
  }

  private String authorize() {
    if (!isPersonal()) {
      return "Token " + token;
    }
    JsonRequests.Answer answer =
        requests.send("POST", "/api/token/refresh", "", new JsonObject().put("refresh", token));
    if (answer.status() != 200) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "Label Studio refuses the personal access token (%d: %s): it was revoked, or is of"
                  + " another server; make one under Account & Settings",
              answer.status(),
              answer.detail()));
    }
    return "Bearer " + answer.json().getString("access");
  }

  private static JsonObject needed(JsonObject task) {
    JsonArray annotations = new JsonArray();
    for (Object annotation : task.getJsonArray("annotations", JsonArray.of())) {
      JsonObject needed = only((JsonObject) annotation, ANNOTATION);
      if (needed.getValue("result") instanceof JsonArray results) {
        JsonArray deciding = new JsonArray();
        results.stream().filter(LabelStudioClient::mayDecide).forEach(deciding::add);
        needed.put("result", deciding);
      }
      annotations.add(needed);
    }
    return new JsonObject()
        .put("id", task.getValue("id"))
        .put("data", only(task.getJsonObject("data", new JsonObject()), DATA))
        .put("annotations", annotations);
  }

  /** Texts and drawings of people decide nothing and may be large. */
  private static boolean mayDecide(Object result) {
    return result instanceof JsonObject object
        && Set.of("pairwise", "choices").contains(String.valueOf(object.getValue("type")));
  }

  private static JsonObject only(JsonObject from, Set<String> names) {
    JsonObject some = new JsonObject();
    names.stream().filter(from::containsKey).forEach(name -> some.put(name, from.getValue(name)));
    return some;
  }
}
