package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.people.live.ToolTask;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.schemas.RevisionId;

/**
 * Label Studio's exports: {@code JSON}, a task with its annotations a row, and {@code JSON_MIN}, an
 * annotation a row. An annotation is the same revision in both, and as its webhook has it.
 */
public final class LabelStudioExport {
  private static final String ANNOTATIONS = "annotations";
  private static final String ANNOTATION_ID = "annotation_id";

  private LabelStudioExport() {}

  /**
   * An annotation of an export.
   *
   * @param name for messages: {@code annotation 7}
   * @param revision what it says; empty if it cannot be read
   * @param problem why it cannot be read
   */
  public record Entry(
      String name, Optional<Revision> revision, Optional<ProblemException> problem) {}

  /** Whether a row is one of such an export. */
  public static boolean isRow(JsonObject row) {
    return isTask(row) || (row.containsKey(ANNOTATION_ID) && row.containsKey("annotator"));
  }

  private static boolean isTask(JsonObject row) {
    return row.getValue(ANNOTATIONS) instanceof JsonArray
        && row.getValue("data") instanceof JsonObject;
  }

  /**
   * The annotations of a row; none if nobody has annotated the task.
   *
   * @param path of the row, for messages; empty if the message names the row otherwise
   * @param application whose annotations they are
   */
  public static List<Entry> read(JsonObject row, String path, String application, Instant now) {
    LabelStudioAnnotation reader = new LabelStudioAnnotation(application, now);
    List<Entry> entries = new ArrayList<>();
    if (!isTask(row)) {
      if (row.getValue(ANNOTATION_ID) != null) {
        entries.add(entry(reader, annotationOf(row), path + "annotation", row, path + "row"));
      }
      return entries;
    }
    JsonObject data = row.getJsonObject("data");
    JsonArray annotations = row.getJsonArray(ANNOTATIONS);
    for (int i = 0; i < annotations.size(); i++) {
      String place = path + ANNOTATIONS + "." + i;
      JsonObject annotation =
          annotations.getValue(i) instanceof JsonObject object ? object : new JsonObject();
      entries.add(entry(reader, annotation, place, data, path + "data"));
    }
    return entries;
  }

  private static Entry entry(
      LabelStudioAnnotation reader,
      JsonObject annotation,
      String path,
      JsonObject data,
      String dataPath) {
    String name = "annotation " + annotation.getValue("id");
    try {
      return new Entry(
          name, Optional.of(reader.read(annotation, path, data, dataPath)), Optional.empty());
    } catch (ProblemException e) {
      return new Entry(name, Optional.empty(), Optional.of(e));
    }
  }

  /** JSON_MIN keeps the name of a control and its value, and of a single choice the word alone. */
  private static JsonObject annotationOf(JsonObject row) {
    JsonArray results = new JsonArray();
    for (Map.Entry<String, Object> member : row) {
      Object value = member.getValue();
      if (value instanceof JsonArray values && values.size() == 1) {
        value = values.getValue(0);
      }
      result(member.getKey(), value).ifPresent(results::add);
    }
    return new JsonObject()
        .put("id", row.getValue(ANNOTATION_ID))
        .put("updated_at", row.getValue("updated_at"))
        .put("completed_by", row.getValue("annotator"))
        .put("result", results);
  }

  private static Optional<JsonObject> result(String control, Object value) {
    JsonObject result = new JsonObject().put("from_name", control);
    if (value instanceof JsonObject object && object.containsKey("selected")) {
      return Optional.of(result.put("type", "pairwise").put("value", object));
    }
    if (!control.equals(LabelStudioAnnotation.DECIDES)) {
      return Optional.empty();
    }
    if (value instanceof String word) {
      return Optional.of(
          result
              .put("type", "choices")
              .put("value", new JsonObject().put("choices", new JsonArray().add(word))));
    }
    return value instanceof JsonObject object && object.containsKey("choices")
        ? Optional.of(result.put("type", "choices").put("value", object))
        : Optional.empty();
  }

  /** The task that a row of {@code JSON} is; empty if its data is not as ours. */
  public static Optional<ToolTask> task(JsonObject row, String application) {
    if (!(row.getValue("data") instanceof JsonObject data)) {
      return Optional.empty();
    }
    String from = RevisionId.LABEL_STUDIO + "/" + application;
    Optional<String> comparisonId =
        ComparedPair.comparisonId(data, LabelStudioAnnotation.COMPARISON_ID);
    if (comparisonId.isPresent()) {
      return Optional.of(ToolTask.ofQuestion(from, comparisonId.get()));
    }
    return data.getValue("prompt") instanceof String prompt
            && data.getValue("first") instanceof String first
            && data.getValue("second") instanceof String second
        ? Optional.of(ToolTask.ofTexts(from, prompt, first, second))
        : Optional.empty();
  }
}
