package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.rlhfstreams.people.access.PersonRole;
import org.rlhfstreams.people.integrations.LabelStudioExport;
import org.rlhfstreams.people.integrations.LabelStudioExport.Entry;
import org.rlhfstreams.people.integrations.Revision;
import org.rlhfstreams.people.live.PreferencesView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.schemas.RevisionId;

/**
 * Whole tasks of Label Studio with their annotations: what its webhooks said, or would have said
 * had somebody listened.
 */
final class LabelStudioTasks {
  private final PreferencesView preferences;
  private final RevisionPublisher publisher;
  private final Clock clock;

  LabelStudioTasks(PreferencesView preferences, RevisionPublisher publisher, Clock clock) {
    this.preferences = preferences;
    this.publisher = publisher;
    this.clock = clock;
  }

  Future<ApiResponse> receive(OperationRequest request) {
    publisher.requireSession(); // before that the views may lack who sent annotations
    String application = application(request);
    Instant now = clock.instant();
    JsonArray tasks = request.body().getJsonArray("tasks");
    List<CompletableFuture<SubmissionOutcome>> outcomes = new ArrayList<>();
    Set<String> missing = new TreeSet<>();
    Set<String> present = new TreeSet<>();
    for (int i = 0; i < tasks.size(); i++) {
      JsonObject task = tasks.getJsonObject(i);
      String path = "tasks." + i + ".";
      for (Entry entry : LabelStudioExport.read(task, path, application, now)) {
        entry.revision().map(Revision::annotation).ifPresent(present::add);
        outcomes.add(publish(entry, now));
      }
      LabelStudioExport.task(task, application)
          .ifPresent(known -> missing.addAll(preferences.annotations(known)));
    }
    missing.removeAll(present);
    for (Object id : request.body().getJsonArray("deleted", JsonArray.of())) {
      outcomes.add(
          publisher.revise(
              Revision.deletionOf(RevisionId.LABEL_STUDIO + "/" + application + "/" + id), now));
    }
    return request.when(SubmissionOutcome.answer(outcomes)).map(answer -> with(answer, missing));
  }

  private CompletableFuture<SubmissionOutcome> publish(Entry entry, Instant now) {
    if (entry.problem().isPresent()) {
      return CompletableFuture.completedFuture(SubmissionOutcome.refused(entry.problem().get()));
    }
    Revision revision = entry.revision().orElseThrow();
    try {
      revision.preference().ifPresent(PreferenceReader::requireSize);
    } catch (ProblemException e) {
      return CompletableFuture.completedFuture(SubmissionOutcome.refused(e));
    }
    return publisher.revise(revision, now);
  }

  /** The tool's own ids of annotations that are in the log, and not among those of their task. */
  private static ApiResponse with(ApiResponse answer, Set<String> missing) {
    JsonArray ids = new JsonArray();
    missing.forEach(annotation -> ids.add(annotation.substring(annotation.lastIndexOf('/') + 1)));
    return ApiResponse.of(answer.status(), new JsonObject(answer.body()).put("missing", ids));
  }

  /**
   * Under which name they are known: the caller's, as with webhooks. The same annotations under two
   * names would count twice.
   */
  private String application(OperationRequest request) {
    String caller = request.caller().name();
    Optional<String> asked = request.query("application");
    if (asked.isPresent() && !asked.get().equals(caller)) {
      if (request.caller().role() != PersonRole.ADMIN) {
        throw ProblemException.at(
            "application", 403, "Not yours to do", "admins alone may send for another application");
      }
      return asked.get();
    }
    List<String> known = preferences.applications(RevisionId.LABEL_STUDIO);
    if (asked.isEmpty() && !known.isEmpty() && !known.contains(caller)) {
      throw ProblemException.at(
          "application",
          409,
          "Another application",
          ("annotations of Label Studio have come from %s and not from %s, under whose name they"
                  + " would count a second time: send them with the token of the webhook, or name"
                  + " the application with ?application=")
              .formatted(String.join(", ", known), caller));
    }
    return caller;
  }
}
