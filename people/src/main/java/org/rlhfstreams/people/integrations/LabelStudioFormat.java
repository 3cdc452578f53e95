package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.events.Comparison;

/**
 * Label Studio: tasks with prompt, first and second, and a control {@code preference} that decides:
 * a {@code Pairwise} of the two, or {@code Choices} with first, second, tie and skip. Without one
 * of that name a {@code Pairwise} of another does. Whatever else people are asked beside it decides
 * nothing.
 */
public final class LabelStudioFormat {
  private LabelStudioFormat() {}

  /**
   * What a webhook says; empty for events that are none of annotations.
   *
   * @param application whose token sends it
   * @throws org.rlhfstreams.people.problems.ProblemException naming what is missing
   */
  public static List<Revision> read(JsonObject event, String application, Instant now) {
    LabelStudioAnnotation reader = new LabelStudioAnnotation(application, now);
    return switch (event.getString("action")) {
      case "ANNOTATION_CREATED", "ANNOTATION_UPDATED" -> List.of(one(event, reader));
      case "ANNOTATIONS_CREATED" -> many(event, reader);
      case "ANNOTATIONS_DELETED" -> deleted(event, reader);
      default -> List.of();
    };
  }

  private static Revision one(JsonObject event, LabelStudioAnnotation reader) {
    JsonObject annotation = Members.object(event, "annotation", "annotation");
    return reader.read(annotation, "annotation", data(event.getValue("task")), "task.data");
  }

  /** Of predictions that were made annotations; its lists are in the same order. */
  private static List<Revision> many(JsonObject event, LabelStudioAnnotation reader) {
    JsonArray annotations = Members.array(event, "annotation", "annotation");
    JsonArray tasks = Members.array(event, "task", "task");
    List<Revision> revisions = new ArrayList<>();
    for (int i = 0; i < annotations.size(); i++) {
      String path = "annotation." + i;
      Object task = i < tasks.size() ? tasks.getValue(i) : null;
      revisions.add(
          reader.read(
              Members.element(annotations, i, path), path, data(task), "task." + i + ".data"));
    }
    return revisions;
  }

  /** Of a task; empty if it has none, for a skipped one needs none. */
  private static JsonObject data(Object task) {
    return task instanceof JsonObject object && object.getValue("data") instanceof JsonObject data
        ? data
        : new JsonObject();
  }

  private static List<Revision> deleted(JsonObject event, LabelStudioAnnotation reader) {
    List<Revision> revisions = new ArrayList<>();
    JsonArray annotations = Members.array(event, "annotations", "annotations");
    for (int i = 0; i < annotations.size(); i++) {
      String path = "annotations." + i;
      revisions.add(Revision.deletionOf(reader.name(Members.element(annotations, i, path), path)));
    }
    return revisions;
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
                      .put(LabelStudioAnnotation.COMPARISON_ID, comparison.getComparisonId())));
    }
    return tasks;
  }
}
