package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.schemas.RevisionId;

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
      case "response.deleted" -> Optional.of(Revision.deletionOf(annotation(data, application)));
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
    Optional<Choice> choice = choice(data);
    if (choice.isEmpty()) {
      return new Revision(id, Optional.empty(), Optional.empty());
    }
    Choice said = choice.get();
    String annotator = annotator(data);
    JsonObject record = Members.object(data, "record", "data.record");
    Optional<String> comparisonId = ComparedPair.comparisonId(record, "external_id");
    Optional<ToolAnswer> answer =
        comparisonId.map(question -> new ToolAnswer(question, annotator, said, id.at()));
    if (said == Choice.TIE || said == Choice.SKIP) {
      return new Revision(id, Optional.empty(), answer);
    }
    JsonObject fields = Members.object(record, "fields", "data.record.fields");
    return new Revision(
        id,
        Optional.of(
            ComparedPair.read(fields, "data.record.fields", comparisonId)
                .preference(id.text(), said, TOOL + ":" + application, annotator, now)),
        answer);
  }

  private static String annotator(JsonObject data) {
    JsonObject user = Members.object(data, "user", "data.user");
    return TOOL + "/" + Members.name(user, "username", "data.user.username");
  }

  /** Nothing for a draft, which its author has not answered yet. */
  private static Optional<Choice> choice(JsonObject data) {
    if ("discarded".equals(data.getValue("status"))) {
      return Optional.of(Choice.SKIP);
    }
    if (!"submitted".equals(data.getValue("status"))) {
      return Optional.empty();
    }
    String path = "data.values." + QUESTION;
    JsonObject answer = Members.object(Members.object(data, "values", path), QUESTION, path);
    return Optional.of(
        ToolChoice.named(Members.name(answer, "value", path + ".value"), path + ".value"));
  }

  /** Questions as the body of a request that adds records to a dataset. */
  public static JsonObject export(List<Comparison> comparisons) {
    JsonArray items = new JsonArray();
    for (Comparison comparison : comparisons) {
      items.add(
          new JsonObject()
              .put("external_id", comparison.getComparisonId())
              .put("fields", ComparedPair.plain(comparison).json()));
    }
    return new JsonObject().put("items", items);
  }
}
