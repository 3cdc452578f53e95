package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.people.live.RevisionId;

/**
 * Label Studio: tasks with prompt, first and second, and a control {@code preference} that decides:
 * a {@code Pairwise} of the two, or {@code Choices} with first, second, tie and skip. Without one
 * of that name a {@code Pairwise} of another does. Whatever else people are asked beside it decides
 * nothing.
 */
public final class LabelStudioFormat {
  private static final String TOOL = RevisionId.LABEL_STUDIO;
  private static final String DECIDES = "preference";

  private LabelStudioFormat() {}

  /**
   * What a webhook says; empty for events that are none of annotations.
   *
   * @param application whose token sends it
   * @throws org.rlhfstreams.people.problems.ProblemException naming what is missing
   */
  public static List<Revision> read(JsonObject event, String application, Instant now) {
    return switch (event.getString("action")) {
      case "ANNOTATION_CREATED", "ANNOTATION_UPDATED" -> List.of(revision(event, application, now));
      case "ANNOTATIONS_DELETED" -> deleted(event, application);
      default -> List.of();
    };
  }

  private static List<Revision> deleted(JsonObject event, String application) {
    List<Revision> revisions = new ArrayList<>();
    JsonArray annotations = Members.array(event, "annotations", "annotations");
    for (int i = 0; i < annotations.size(); i++) {
      String path = "annotations." + i;
      if (!(annotations.getValue(i) instanceof JsonObject annotation)) {
        throw Members.wrong(path, "an object");
      }
      revisions.add(
          new Revision(
              RevisionId.deletionOf(annotation(annotation, application, path + ".id")),
              Optional.empty()));
    }
    return revisions;
  }

  private static Revision revision(JsonObject event, String application, Instant now) {
    JsonObject annotation = Members.object(event, "annotation", "annotation");
    RevisionId id =
        new RevisionId(
            annotation(annotation, application, "annotation.id"),
            Members.time(annotation, "updated_at", "annotation.updated_at"));
    if (Boolean.TRUE.equals(annotation.getValue("was_cancelled"))) {
      return new Revision(id, Optional.empty());
    }
    String choice = choice(annotation);
    if (choice.equals("tie") || choice.equals("skip")) {
      return new Revision(id, Optional.empty());
    }
    JsonObject data = Members.object(Members.object(event, "task", "task"), "data", "task.data");
    return new Revision(
        id,
        Optional.of(
            ComparedPair.read(data, "task.data", choice, "annotation.result")
                .preference(id.text(), TOOL + ":" + application, annotator(annotation), now)));
  }

  private static String annotation(JsonObject annotation, String application, String path) {
    return TOOL + "/" + application + "/" + Members.name(annotation, "id", path);
  }

  /** What the deciding control says; nothing decides where neither of a Pairwise is selected. */
  private static String choice(JsonObject annotation) {
    JsonArray results = Members.array(annotation, "result", "annotation.result");
    OptionalInt named = first(results, LabelStudioFormat::isNamed);
    OptionalInt deciding =
        named.isPresent() ? named : first(results, LabelStudioFormat::isPairwise);
    if (deciding.isEmpty()) {
      return "tie";
    }
    String path = "annotation.result." + deciding.getAsInt() + ".value";
    JsonObject result = results.getJsonObject(deciding.getAsInt());
    JsonObject value = Members.object(result, "value", path);
    return isPairwise(result) ? selected(value, path) : chosen(value, path);
  }

  private static OptionalInt first(JsonArray results, Predicate<JsonObject> wanted) {
    return IntStream.range(0, results.size())
        .filter(i -> results.getValue(i) instanceof JsonObject result && wanted.test(result))
        .findFirst();
  }

  private static boolean isNamed(JsonObject result) {
    return DECIDES.equals(result.getValue("from_name"))
        && (isPairwise(result) || "choices".equals(result.getValue("type")));
  }

  private static boolean isPairwise(JsonObject result) {
    return "pairwise".equals(result.getValue("type"));
  }

  /** Left of a Pairwise is the one that its toName names first. */
  private static String selected(JsonObject value, String path) {
    return switch (Members.name(value, "selected", path + ".selected")) {
      case "left" -> "first";
      case "right" -> "second";
      default -> throw Members.wrong(path + ".selected", "left or right");
    };
  }

  private static String chosen(JsonObject value, String path) {
    JsonArray choices = Members.array(value, "choices", path + ".choices");
    return choices.isEmpty() ? "skip" : String.valueOf(choices.getValue(0));
  }

  private static String annotator(JsonObject annotation) {
    String path = "annotation.completed_by";
    String who =
        annotation.getValue("completed_by") instanceof JsonObject person
            ? Members.name(person, "id", path + ".id")
            : Members.name(annotation, "completed_by", path);
    return TOOL + "/" + who;
  }

  /** Questions as a file of tasks. */
  public static JsonArray export(List<Comparison> comparisons) {
    JsonArray tasks = new JsonArray();
    for (Comparison comparison : comparisons) {
      tasks.add(
          new JsonObject()
              .put(
                  "data",
                  ComparedPair.of(comparison)
                      .json()
                      .put("comparisonId", comparison.getComparisonId())));
    }
    return tasks;
  }
}
