package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.people.live.RevisionId;

/**
 * Argilla: records with the fields prompt, first and second, and a label question {@code
 * preference} with the labels first, second, tie and skip.
 */
public final class ArgillaFormat {
  private static final String TOOL = RevisionId.ARGILLA;
  private static final String QUESTION = "preference";

  private ArgillaFormat() {}

  /**
   * What a webhook says; empty for events that are none of responses.
   *
   * @param application whose token sends it
   * @throws org.rlhfstreams.people.problems.ProblemException naming what is missing
   */
  public static Optional<Revision> read(JsonObject event, String application, Instant now) {
    JsonObject data = event.getJsonObject("data");
    return switch (event.getString("type")) {
      case "response.created", "response.updated" -> Optional.of(revision(data, application, now));
      case "response.deleted" ->
          Optional.of(
              new Revision(RevisionId.deletionOf(annotation(data, application)), Optional.empty()));
      default -> Optional.empty();
    };
  }

  private static String annotation(JsonObject data, String application) {
    return TOOL + "/" + application + "/" + Members.name(data, "id", "data.id");
  }

  private static Revision revision(JsonObject data, String application, Instant now) {
    RevisionId id =
        new RevisionId(
            annotation(data, application), Members.time(data, "updated_at", "data.updated_at"));
    if (!"submitted".equals(data.getValue("status"))) {
      return new Revision(id, Optional.empty());
    }
    String path = "data.values." + QUESTION;
    JsonObject answer = Members.object(Members.object(data, "values", path), QUESTION, path);
    String choice = Members.name(answer, "value", path + ".value");
    if (choice.equals("tie") || choice.equals("skip")) {
      return new Revision(id, Optional.empty());
    }
    JsonObject fields =
        Members.object(
            Members.object(data, "record", "data.record"), "fields", "data.record.fields");
    JsonObject user = Members.object(data, "user", "data.user");
    return new Revision(
        id,
        Optional.of(
            ComparedPair.read(fields, "data.record.fields", choice, path + ".value")
                .preference(
                    id.text(),
                    TOOL + ":" + application,
                    TOOL + "/" + Members.name(user, "username", "data.user.username"),
                    now)));
  }

  /** Questions as the body of a request that adds records to a dataset. */
  public static JsonObject export(List<Comparison> comparisons) {
    JsonArray items = new JsonArray();
    for (Comparison comparison : comparisons) {
      items.add(
          new JsonObject()
              .put("external_id", comparison.getComparisonId())
              .put("fields", ComparedPair.of(comparison).json()));
    }
    return new JsonObject().put("items", items);
  }
}
